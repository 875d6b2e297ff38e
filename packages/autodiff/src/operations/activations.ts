// Activations and small elementwise compositions.

import { mul } from "../primitives/arithmetic.ts";
import { lessEqual, where } from "../primitives/comparison.ts";
import { erfc, sigmoid } from "../primitives/elementwise.ts";
import type { Tensor, TensorLike } from "../tensor.ts";

/** x² */
export const square = (x: TensorLike): Tensor => mul(x, x);
/** max(x, 0), with the derivative 0 at 0. */
export const relu = (x: TensorLike): Tensor => where(lessEqual(x, 0), 0, x);
/** x σ(x), also known as swish (Elfwing et al. 2018). */
export const silu = (x: TensorLike): Tensor => mul(x, sigmoid(x));
/** x Φ(x), with Φ the normal distribution function: the exact form (Hendrycks & Gimpel 2016). */
export const gelu = (x: TensorLike): Tensor => mul(mul(0.5, x), erfc(mul(x, -Math.SQRT1_2)));
