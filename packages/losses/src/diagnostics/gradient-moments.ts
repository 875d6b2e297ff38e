// First and second moments of an objective's parameter gradients, one gradient a sample.
//
//   g_b = ∂L_b/∂θ,   ‖ḡ‖²,   mean_b ‖g_b‖²,   tr Cov = B/(B − 1)·(mean ‖g_b‖² − ‖ḡ‖²)
//
// Each sample is a batch of its own with its own draws, so what a batch shares shows up elsewhere.
import { grad, random, stack, type Tensor, type Tree, tree, vmap } from "@cotangent/autodiff";
import type { Objective } from "../objective.ts";

/** The gradients of `groups` equal parts of the batch, with a leading axis of that length on every leaf. */
export function groupGradients<P extends Tree>(
  objective: Objective<P>,
  params: P,
  x: Tensor,
  key: Tensor,
  groups: number,
): readonly Tensor[] {
  const [batch = 0, d = 0] = x.shape;
  const parts = x.reshape([groups, batch / groups, d]);
  const slope = (part: Tensor, k: Tensor): Tree =>
    grad((p: Tree): Tensor => objective.mean(p as P, part, k))(params as Tree);
  return tree.leaves(vmap(slope)(parts, stack(random.split(key, groups)))) as Tensor[];
}

/** Returns the variance of gradients if it is a number, however large; throws a RangeError otherwise. */
export function requireVariance(operation: string, variance: number): number {
  if (!Number.isNaN(variance)) return variance;
  throw new RangeError(
    `${operation}: expected gradients that are numbers, got a variance of NaN; look for NaN in the parameters, and in the score at these rows`,
  );
}

/** tr Cov of the gradients, unbiased. leaves: [G, …]. */
export function covarianceTrace(leaves: readonly Tensor[]): number {
  const groups = leaves[0]?.shape[0] ?? 0;
  const spread = leaves.reduce((sum, g) => sum + g.sub(g.mean(0)).square().sum().item(), 0);
  return spread / (groups - 1);
}

/** ‖ḡ‖² without the bias tr Cov/G that the mean of few gradients has. leaves: [G, …]. */
export function squaredSignal(leaves: readonly Tensor[]): number {
  const groups = leaves[0]?.shape[0] ?? 0;
  const squares = leaves.reduce((sum, g) => sum + g.mean(0).square().sum().item(), 0);
  return squares - covarianceTrace(leaves) / groups;
}
