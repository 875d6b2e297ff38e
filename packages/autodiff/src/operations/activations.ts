// Activations and small elementwise compositions.
import type { Tensor, TensorLike } from "../tensor.ts";
import { add, mul } from "../primitives/arithmetic.ts";
import { promote } from "../primitives/cast.ts";
import { lessEqual, where } from "../primitives/comparison.ts";
import { erf, sigmoid } from "../primitives/elementwise.ts";

/** x² */
export function square(x: TensorLike): Tensor {
  const [from] = promote("square", [x], false) as [Tensor];
  return mul(from, from);
}

/** max(x, 0), with the derivative 0 at 0. */
export function relu(x: TensorLike): Tensor {
  const [from] = promote("relu", [x], false) as [Tensor];
  return where(lessEqual(from, 0), 0, from);
}

/** x σ(x), also known as swish (Elfwing et al. 2018). */
export function silu(x: TensorLike): Tensor {
  return mul(x, sigmoid(x));
}

/** x Φ(x), with Φ the normal distribution function: the exact form (Hendrycks & Gimpel 2016). */
export function gelu(x: TensorLike): Tensor {
  return mul(mul(0.5, x), add(1, erf(mul(x, Math.SQRT1_2))));
}
