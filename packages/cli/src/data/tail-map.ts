/**
 * Normal scores for one column with wild values: a monotone map from data units to N(0, 1).
 *
 *   z = Φ⁻¹(F̂(x)),  F̂ the distribution function of the training rows
 *
 * A handful of values far out would otherwise decide a column's scale, and leave the rest of it no
 * room. Between order statistics the map is linear; beyond them it continues with the robust scale.
 * Source: van der Waerden scores; Conover, Practical Nonparametric Statistics, section 5.10.
 */

import { normalQuantile } from "./normal-quantile.ts";

/** The map's knots, both rising, and the column's robust standard deviation. */
export interface TailMap {
  readonly values: readonly number[];
  readonly scores: readonly number[];
  readonly scale: number;
}

/** How a column's farthest value compares with its bulk. */
export interface Spread {
  readonly median: number;
  /** Interquartile range / 1.349: the standard deviation of a normal bulk. */
  readonly scale: number;
  /** The farthest value, and its distance from the median in units of `scale`. */
  readonly farthest: number;
  readonly distance: number;
}

/** Knots are at least this far apart in z: enough of them for any shape, and no more. */
const knotSpacing = 0.05;

/** Gaps between knots wider than this many scales hold no values: scores there go to the nearer end. */
const emptyGap = 3;

/** The spread of a column's values. */
export function spreadOf(column: ArrayLike<number>): Spread {
  const sorted = Float64Array.from(column).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0), at(1)];
  const median = at(0.5);
  const scale = [
    (at(0.75) - at(0.25)) / 1.349,
    (at(0.95) - at(0.05)) / 3.29,
    (high - low) / Math.sqrt(12),
  ].find((candidate) => candidate > 0) ?? 1;
  const farthest = high - median > median - low ? high : low;
  return { median, scale, farthest, distance: Math.abs(farthest - median) / scale };
}

/** Fits the map to a column's training values. */
export function fitTailMap(column: ArrayLike<number>): TailMap {
  const sorted = Float64Array.from(column).sort();
  const values: number[] = [];
  const scores: number[] = [];
  for (let first = 0; first < sorted.length; ) {
    const value = sorted[first] ?? 0;
    let end = first + 1;
    while (end < sorted.length && sorted[end] === value) end += 1;
    // Ties share the score of their middle rank.
    const score = normalQuantile((first + end) / 2 / sorted.length);
    if (score - (scores.at(-1) ?? Number.NEGATIVE_INFINITY) >= knotSpacing || end === sorted.length) {
      values.push(value);
      scores.push(score);
    }
    first = end;
  }
  return { values, scores, scale: spreadOf(column).scale };
}

/** x in data units → z. */
export function toScore({ values, scores, scale }: TailMap, x: number): number {
  return interpolate(values, scores, x, 1 / scale);
}

/** z → x in data units. */
export function fromScore({ values, scores, scale }: TailMap, z: number): number {
  const above = scores.findIndex((score) => score >= z);
  const [low, high] = [values[above - 1], values[above]];
  if (low !== undefined && high !== undefined && high - low > emptyGap * scale) {
    const middle = ((scores[above - 1] ?? 0) + (scores[above] ?? 0)) / 2;
    return z < middle ? low : high;
  }
  return interpolate(scores, values, z, scale);
}

/** The piecewise linear function through (xs, ys), with the given slope outside. */
function interpolate(xs: readonly number[], ys: readonly number[], x: number, slope: number): number {
  const last = xs.length - 1;
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [xs[0], ys[0], xs[last], ys[last]];
  if (x <= x0) return y0 + (x - x0) * slope;
  if (x >= x1) return y1 + (x - x1) * slope;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const [a = 0, b = 0, p = 0, q = 0] = [xs[low], xs[high], ys[low], ys[high]];
  return p + ((x - a) / (b - a)) * (q - p);
}
