// Rademacher directions: every coordinate ±1 with equal probability.
//
//   E[vvᵀ] = I,   ‖v‖² = d,   vᵀDv = tr D exactly for diagonal D
import { random, type Shape, type Tensor } from "@cotangent/autodiff";
import { type ProjectionOptions, requireSlices } from "./projection.ts";

/** v ∈ {−1, 1}^d, shape [M, B, d]: the lowest variance among independent coordinates (Hutchinson 1990). */
export function rademacher(key: Tensor, shape: Shape, options: ProjectionOptions = {}): Tensor {
  requireSlices("rademacher", shape);
  return random.rademacher(key, shape, { dtype: options.dtype ?? "f64" });
}
