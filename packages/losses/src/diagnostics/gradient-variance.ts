// How noisy an objective's gradient is, and whether batches average that noise away.
//
//   noise scale = tr Cov(g_b)/‖E g‖²,   inflation = m·tr Cov(mean of m samples)/tr Cov(g_b)
//
// Source of the noise scale: McCandlish, Kaplan, Amodei et al. 2018, section 2.2.
import type { Tensor, Tree } from "@cotangent/autodiff";
import type { Objective } from "../objective.ts";
import { requireBatch, requireCount, requireOptions } from "../preconditions.ts";
import {
  covarianceTrace,
  groupGradients,
  requireVariance,
  squaredSignal,
} from "./gradient-moments.ts";

/** What `gradientVariance` found. */
export interface GradientVariance {
  /** tr Cov of one sample's gradient. */
  readonly perSample: number;
  /** ‖E g‖², unbiased: negative when it is lost in the noise. */
  readonly signal: number;
  /** tr Cov/‖E g‖²: the batch size at which noise and signal are equal; ∞ where no signal is seen. */
  readonly noiseScale: number;
  /** 1 when the samples of a batch are independent; near the group's size when they share their draws. */
  readonly inflation: number;
}

/** Options of `gradientVariance`. */
export interface GradientVarianceOptions {
  /** Samples in each group whose mean gradients are compared (default 8). */
  readonly groupSize?: number;
}

/**
 * Measures the noise of an objective's parameter gradient at `params`, on the rows of x: [B, d].
 *
 * Conclude: with batches far below `noiseScale` a step is mostly noise. For denoising it grows as σ⁻²:
 * raise σ, the batch, or use `controlVariate`. An `inflation` well above 1 says that samples of a
 * batch share their projections or noise, which no batch size averages away: draw them per sample.
 * At a minimum the signal is zero and the noise scale infinite: judge it at the start of training.
 * Rows left over from groups are not used. Throws with fewer than 2 groups, and for gradients that are no numbers.
 */
export function gradientVariance<P extends Tree>(
  objective: Objective<P>,
  params: P,
  x: Tensor,
  key: Tensor,
  options: GradientVarianceOptions = {},
): GradientVariance {
  const name = "gradientVariance";
  const { groupSize = 8 } = requireOptions(name, options, "{ groupSize: 8 }", ["groupSize"]);
  requireCount(name, "groupSize", groupSize, "8 is usual");
  const [batch, d] = requireBatch(name, x);
  const groups = Math.floor(batch / groupSize);
  if (groups < 2)
    throw new RangeError(
      `${name}: expected at least ${2 * groupSize} rows for groups of ${groupSize}, got ${batch}; give more rows or a smaller groupSize`,
    );
  const used = x.slice([0, 0], [groups * groupSize, d]);
  const single = groupGradients(objective, params, used, key, groups * groupSize);
  const grouped = groupGradients(objective, params, used, key, groups);
  const perSample = requireVariance(name, covarianceTrace(single));
  const signal = squaredSignal(single);
  return {
    perSample,
    signal,
    noiseScale: signal > 0 ? perSample / signal : Number.POSITIVE_INFINITY,
    inflation: perSample > 0 ? (groupSize * covarianceTrace(grouped)) / perSample : 1,
  };
}
