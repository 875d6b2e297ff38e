/** Measurements: the true Fisher divergence of a network, samples from it, and medians of times. */

import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import { explicit, type Score } from "@cotangent/losses";
import { langevin } from "@cotangent/sampling";
import type { Engine, GaussianMixture } from "@cotangent/training";
import type { Estimate } from "./result.ts";

/** E_p ½‖s − ∇log p‖² over the rows of x, which must be samples of p that training never saw. */
export function fisherDivergence(
  score: Score,
  params: Tree,
  x: Tensor,
  p: GaussianMixture,
): Estimate {
  return estimate(explicit(score, (z) => p.score(z)).perSample(params, x, {}).data);
}

/** The mean of independent values and its standard error. */
export function estimate(values: ArrayLike<number | bigint | boolean>): Estimate {
  const numbers = Array.from(values, Number);
  const count = numbers.length;
  const value = numbers.reduce((a, b) => a + b, 0) / count;
  const variance = numbers.reduce((a, b) => a + (b - value) ** 2, 0) / Math.max(1, count - 1);
  return { value, standardError: Math.sqrt(variance / count) };
}

/** Samples by unadjusted Langevin dynamics from `start`: x ← x + ηs(x) + √(2η)z. */
export function langevinSamples(
  score: (x: Tensor) => Tensor,
  start: Tensor,
  key: Tensor,
  engine: Engine,
): Tensor {
  return langevin(score, { steps: 300, stepSize: 0.01, engine })(start, key);
}

/** Uniform on a square with the given lower corner and side: a start that favours no mode. */
export function uniformStart(key: Tensor, count: number, low: number, high: number): Tensor {
  return random.uniform(key, [count, 2], { low, high });
}

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length / 2;
  const [low, high] = [ordered[Math.ceil(middle) - 1], ordered[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
