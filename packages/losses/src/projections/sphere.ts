// Directions uniform on the sphere of radius √d.
//
//   v = √d·z/‖z‖, z ~ N(0, I):   E[vvᵀ] = I,   ‖v‖² = d
import { div, maximum, mul, norm, random, type Shape, type Tensor } from "@cotangent/autodiff";
import { type ProjectionOptions, requireSlices } from "./projection.ts";

/** v uniform on the sphere of radius √d (not 1: that would divide the trace by d), shape [M, B, d]. */
export function sphere(key: Tensor, shape: Shape, options: ProjectionOptions = {}): Tensor {
  const [, , d] = requireSlices("sphere", shape);
  // Single precision can draw z = 0; the direction is then 0 rather than NaN.
  const z = random.normal(key, shape, { dtype: options.dtype ?? "f64" });
  return mul(Math.sqrt(d), div(z, maximum(norm(z, -1, { keepDims: true }), 1e-15)));
}
