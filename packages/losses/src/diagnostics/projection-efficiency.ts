// How much of a gradient's noise comes from the data, and how much from projections or injected noise.
//
//   Var g = Var_x E[g | x] + E Var[g | x],   E Var[g | x] = ½ E‖g − g′‖² for two draws on the same x
import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import type { Objective } from "../objective.ts";
import { requireBatch } from "../preconditions.ts";
import { covarianceTrace, groupGradients, requireVariance } from "./gradient-moments.ts";

/** What `projectionEfficiency` found. */
export interface ProjectionEfficiency {
  /** tr Cov of E[g | x]: what exact projections would leave. */
  readonly data: number;
  /** E tr Cov[g | x]: what the draws add. */
  readonly draws: number;
  /** data/(data + draws), at most 1: the variance of the exact objective over this one's. */
  readonly efficiency: number;
}

/**
 * Splits the variance of one sample's gradient at `params` between data and draws. x: [B, d], B ≥ 2.
 *
 * Conclude: M times the projections divide `draws` by M and cost M times as much. Below an efficiency
 * of one half more projections (or `reduced`, or `orthogonal`) still help; near 1 they are wasted, and a
 * larger batch is the better use of time. An objective without draws has efficiency 1. Estimated
 * from two draws, so that `data` may come out slightly below 0 where the draws dominate.
 */
export function projectionEfficiency<P extends Tree>(
  objective: Objective<P>,
  params: P,
  x: Tensor,
  key: Tensor,
): ProjectionEfficiency {
  const name = "projectionEfficiency";
  const [batch] = requireBatch(name, x);
  if (batch < 2)
    throw new RangeError(`${name}: expected at least 2 rows, got ${batch}; give a batch of data`);
  const gradients = (i: number): readonly Tensor[] =>
    groupGradients(objective, params, x, random.foldIn(key, i), batch);
  const [first, second] = [gradients(0), gradients(1)];
  const squares = first.map((g, i) =>
    g
      .sub(second[i] ?? g)
      .square()
      .sum()
      .item(),
  );
  const draws = squares.reduce((sum, square) => sum + square, 0) / (2 * batch);
  const both = (covarianceTrace(first) + covarianceTrace(second)) / 2;
  const total = requireVariance(name, both);
  return { data: total - draws, draws, efficiency: total > 0 ? (total - draws) / total : 1 };
}
