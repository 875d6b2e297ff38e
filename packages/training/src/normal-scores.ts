/**
 * Normal scores: a monotone map per column that makes its marginal distribution standard normal.
 *
 *   z = Φ⁻¹(F̂(x)),   x = F̂⁻¹(Φ(z))
 *
 * with F̂ the empirical distribution function, linear between knots, which are values of the data. Columns
 * with heavy tails, or with a few absurd values, keep both, and neither squeezes the rest to a point.
 * Source: van der Waerden 1952; as preparation of tables for diffusion models, Kotelnikov et al., TabDDPM, ICML 2023, section 3.
 */

import type { Tensor } from "@cotangent/autodiff";
import { columnsOf } from "./columns.ts";
import { normalDistribution, normalQuantile } from "./normal-distribution.ts";

/** A piecewise linear map through (values[i], scores[i]), both increasing; beyond them its slope is 1/scale. */
export interface Marginal {
  readonly values: readonly number[];
  readonly scores: readonly number[];
  /** A robust standard deviation: the quartiles' distance over 1.349. */
  readonly scale: number;
}

/** Knots per column at most: enough for the tails, few enough to keep in a file. */
const mostKnots = 1025;
/** Between neighbours farther apart than this many scales lies a gap, where no value is made up. */
const gap = 3;
/** Scores end this far beyond the data's: one absurd held-out value must not outweigh all others. */
const beyond = 1;

/** The map of one column. `column`: finite values, at least two different ones. */
export function fitMarginal(column: ArrayLike<number>): Marginal {
  const sorted = Float64Array.from(column).sort();
  const n = sorted.length;
  const at = (share: number): number => {
    const place = Math.min(Math.max(share * n - 0.5, 0), n - 1);
    const low = Math.floor(place);
    const [a, b] = [sorted[low] as number, sorted[Math.min(low + 1, n - 1)] as number];
    return a + (place - low) * (b - a);
  };
  const highest = normalQuantile(1 - 0.5 / n);
  const values = [...new Set(knotRanks(n, highest).map((rank) => sorted[rank] as number))];
  const spread = (at(0.75) - at(0.25)) / 1.349;
  const deviation = Math.abs((sorted[n - 1] as number) - (sorted[0] as number)) / (2 * highest);
  const scale = spread > 0 ? spread : deviation;
  const scores = values.map((value) => {
    // Equal values share the score of their middle rank.
    const ranks = firstRank(sorted, (x) => x >= value) + firstRank(sorted, (x) => x > value);
    return normalQuantile(ranks / (2 * n));
  });
  return { values, scores, scale };
}

/** The ranks whose values become knots: all of them, or some that lie about evenly in scores. */
function knotRanks(n: number, highest: number): number[] {
  if (n <= mostKnots) return Array.from({ length: n }, (_, rank) => rank);
  return Array.from({ length: mostKnots }, (_, k) => {
    const share = normalDistribution(highest * ((2 * k) / (mostKnots - 1) - 1));
    return Math.min(Math.max(Math.round(share * n - 0.5), 0), n - 1);
  });
}

/** The first rank whose value passes, by halving; n when none does. */
function firstRank(sorted: Float64Array, passes: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The score of a value; one that lies far beyond the data's scores as if it lay near them. */
export function toScore({ values, scores, scale }: Marginal, x: number): number {
  const { y } = interpolate(values, scores, x, 1 / scale);
  const [lowest, highest] = [scores[0] as number, scores[scores.length - 1] as number];
  return Math.min(Math.max(y, lowest - beyond), highest + beyond);
}

/** The value of a score; in a gap, the nearer end by probability. */
export function toValue({ values, scores, scale }: Marginal, z: number): number {
  const { y, index } = interpolate(scores, values, z, scale);
  const [low, high] = [values[index], values[index + 1]];
  if (low === undefined || high === undefined || high - low < gap * scale) return y;
  const [from, to] = [scores[index] as number, scores[index + 1] as number];
  if (z <= from || z >= to) return y;
  const middle = (normalDistribution(from) + normalDistribution(to)) / 2;
  return normalDistribution(z) < middle ? low : high;
}

/** How far the farthest value of each column lies from the median, in robust standard deviations: [d]. */
export function tailsOf(data: Tensor): number[] {
  return columnsOf(data).map((column) => tailOf(fitMarginal(column)));
}

function tailOf({ values, scale }: Marginal): number {
  const middle = values[values.length >> 1] as number;
  const [first, last] = [values[0] as number, values[values.length - 1] as number];
  return Math.max(last - middle, middle - first) / scale;
}

/** y at x on the polygon through (xs, ys), continued with `slope`; `index` is the knot at or before x. */
function interpolate(
  xs: readonly number[],
  ys: readonly number[],
  x: number,
  slope: number,
): { y: number; index: number } {
  const last = xs.length - 1;
  const [x0, y0, xn, yn] = [xs[0], ys[0], xs[last], ys[last]] as [number, number, number, number];
  if (x <= x0) return { y: y0 + (x - x0) * slope, index: -1 };
  if (x >= xn) return { y: yn + (x - xn) * slope, index: last };
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) <= x) low = middle;
    else high = middle;
  }
  const [a, b] = [xs[low] as number, xs[high] as number];
  const [ya, yb] = [ys[low] as number, ys[high] as number];
  return { y: ya + ((x - a) / (b - a)) * (yb - ya), index: low };
}
