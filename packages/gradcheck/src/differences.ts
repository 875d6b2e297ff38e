// Ridders' method: central differences over halving steps, extrapolated to h = 0, with an error estimate.
//
//   D(h) = (f(h) − f(−h)) / 2h = f′(0) + c₂h² + c₄h⁴ + …         (Ridders 1982; Numerical Recipes §5.7)
//   S(h) = (f(h) − 2f(0) + f(−h)) / h = f′(0⁺) − f′(0⁻) + c₁h + c₃h³ + …
//
// S tells a kink from a smooth point with the same evaluations: its limit is the jump of the derivative.
import type { Vector } from "./vector.ts";

/** A number for each component of f, and how far it may be off. */
interface Limit {
  readonly value: Vector;
  readonly estimate: Vector;
}

export interface Differences {
  readonly slope: Limit;
  readonly jump: Limit;
  /** The smallest step taken. */
  readonly step: number;
}

/** Extrapolates a sequence whose terms belong to halving steps; factor(j) is that of its jth power of h. */
function extrapolation(size: number, factor: (j: number) => number) {
  const value = new Float64Array(size);
  const estimate = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  let before: Vector[] = [];
  const push = (term: Vector, rounding: (i: number) => number): void => {
    const row = [term]; // Where it is no number, nothing that is made of it has a finite estimate.
    for (let j = 1; j <= Math.min(before.length, 7); j++) {
      const [last, old] = [row[j - 1]!, before[j - 1]!];
      const next = last.map((x, i) => x + (x - old[i]!) / (factor(j) - 1));
      row.push(next);
      next.forEach((x, i) => {
        const error = Math.max(Math.abs(x - last[i]!), Math.abs(x - old[i]!)) + rounding(i);
        if (!(error < estimate[i]!)) return;
        estimate[i] = error;
        value[i] = x;
      });
    }
    before = row;
  };
  return { value, estimate, push };
}

/**
 * ±Infinity where (f(t) − f(0))/t grows without bound as t → 0 from above; else NaN.
 *
 * A quotient that has a limit changes by less as t shrinks, that of t log t by as much, that of √t by more.
 * One that grows like 1/t shows a jump or noise, and no slope.
 */
export function growthOf(f: (t: number) => number, start: number): number {
  const f0 = f(0);
  const steps = [12, 18, 24, 30, 36].map((k) => start * 2 ** -k);
  const quotients = steps.map((t) => (f(t) - f0) / t);
  const last = quotients.at(-1)!;
  const changes = quotients.slice(1).map((quotient, k) => quotient - quotients[k]!);
  const isGrowing = changes.every((change, k) => {
    const isSlower = Math.abs(quotients[k + 1]!) < 2 ** 5.5 * Math.abs(quotients[k]!);
    return isSlower && change * last > 0 && change / (changes[k - 1] ?? change) > 0.9;
  });
  return isGrowing ? last * Number.POSITIVE_INFINITY : Number.NaN;
}

/**
 * The derivative of f at 0, from steps `start`, start/2, …; f0 = f(0), `noise` the rounding error of f.
 *
 * Ends when `isEnough`, or when halving again would only add rounding. Steps where a component of f is not
 * finite are left out for it.
 */
export function differentiate(
  f: (t: number) => Vector,
  f0: Vector,
  noise: Vector,
  start: number,
  isEnough: (limit: Limit) => boolean,
): Differences {
  const slope = extrapolation(f0.length, (j) => 4 ** j);
  const jump = extrapolation(f0.length, (j) => 2 ** (2 * j - 1));
  let step = start;
  for (let level = 0; level < 40; level++) {
    step = start * 2 ** -level;
    const [above, below] = [f(step), f(-step)];
    const rounding = (i: number) => noise[i]! / step;
    const first = above.map((y, i) => (y - below[i]!) / (2 * step));
    const second = above.map((y, i) => (y - 2 * f0[i]! + below[i]!) / step);
    slope.push(first, rounding);
    jump.push(second, (i) => 4 * rounding(i));
    const isNoisy = slope.estimate.every((error, i) => rounding(i) > error);
    if (level >= 3 && (isNoisy || (isEnough(slope) && isEnough({ ...jump, value: slope.value }))))
      break;
  }
  return { slope, jump, step };
}
