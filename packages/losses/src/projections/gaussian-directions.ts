// Gaussian directions: v ~ N(0, I).
//
//   E[vvᵀ] = I,   Var vᵀJv = ‖J‖²_F + tr J² (symmetric J: 2‖J‖²_F)
import { random, type Shape, type Tensor } from "@cotangent/autodiff";
import { type ProjectionOptions, requireSlices } from "./projection.ts";

/** v ~ N(0, I), shape [M, B, d]. Source: Song et al. 2019, section 3. */
export function gaussianDirections(
  key: Tensor,
  shape: Shape,
  options: ProjectionOptions = {},
): Tensor {
  requireSlices("gaussianDirections", shape);
  return random.normal(key, shape, { dtype: options.dtype ?? "f64" });
}
