// Row-wise inner products: ½ and sums over d stay inside a sample, means go across samples.
import { mul, square, sum, type Tensor } from "@cotangent/autodiff";

/** a·b over the last axis. a, b: [..., d], broadcasting; result [...]. */
export const rowDot = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b), -1);

/** ‖a‖² over the last axis. a: [..., d]; result [...]. */
export const rowSquaredNorm = (a: Tensor): Tensor => sum(square(a), -1);
