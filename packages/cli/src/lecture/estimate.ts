/**
 * Estimates: means over independent replicates of an experiment, with their standard errors.
 *
 * An experiment draws what it needs from its key and returns named scalars; it is compiled once and
 * called with a key for each replicate. Replicates are means over many draws, so that their own
 * distribution is near normal and the error of their mean is Student's t.
 */

import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import type { LectureContext, Row } from "./claim.ts";

/** A mean and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** Named scalars that one replicate of an experiment measures. */
export type Scalars<N extends string> = { readonly [name in N]: Tensor };

/** Runs the experiment once for each replicate: the estimates of what it measures. */
export function estimate<N extends string>(
  context: Pick<LectureContext, "engine" | "key" | "replicates">,
  experiment: (key: Tensor) => Scalars<N>,
): { readonly [name in N]: Estimate } {
  const { engine, key, replicates } = context;
  const compiled = engine.compile((k: Tree) => experiment(k as Tensor) as Tree);
  const runs = Array.from(
    { length: replicates },
    (_, i) => compiled(random.foldIn(key, i)) as Scalars<N>,
  );
  const names = Object.keys(runs[0] ?? {}) as N[];
  const entries = names.map((name) => [name, meanOf(runs.map((run) => run[name].item()))]);
  return Object.fromEntries(entries) as { [name in N]: Estimate };
}

/** The mean of independent values and its standard error. */
export function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((a, b) => a + b, 0) / n;
  const variance = values.reduce((a, b) => a + (b - value) ** 2, 0) / (n - 1);
  return { value, standardError: Math.sqrt(variance / n) };
}

/** The unbiased variance of independent draws [n]: a scalar. */
export function unbiasedVariance(x: Tensor): Tensor {
  return x.variance().mul(x.size / (x.size - 1));
}

/** A row of an estimate; `tolerance` where the prediction is an approximation that the claim states. */
export function estimated(
  what: string,
  predicted: number,
  { value, standardError }: Estimate,
  tolerance = 0,
): Row {
  return { what, predicted, measured: value, standardError, tolerance };
}

/** A row of an equality, which holds to 1e-10 of its magnitude unless a tolerance says otherwise. */
export function exact(
  what: string,
  predicted: number,
  measured: Tensor | number,
  tolerance: number = 1e-10 * Math.max(1, Math.abs(predicted)),
): Row {
  const value = typeof measured === "number" ? measured : measured.item();
  return { what, predicted, measured: value, standardError: 0, tolerance };
}

/** The mean of independent values [n] or [n, 1], from the means of `groups` groups of them. */
export function groupedMean(x: Tensor, groups: number): Estimate {
  return meanOf(Array.from(x.reshape([groups, -1]).mean(1).data, Number));
}

/** The variance of independent values [n] or [n, 1], from the unbiased variances of `groups` groups. */
export function groupedVariance(x: Tensor, groups: number): Estimate {
  const size = x.size / groups;
  const variances = x
    .reshape([groups, size])
    .variance(1)
    .mul(size / (size - 1));
  return meanOf(Array.from(variances.data, Number));
}
