// The exact trace of a multilayer perceptron's Jacobian, by the cheapest contraction.
//
//   J = W_1 D_1 W_2 D_2 ⋯ D_{L−1} W_L,   D_l = diag φ′(a_l),   W_l: [in, out]
//
//   no hidden layer    tr W_1
//   one                Σ_k φ′(a_1)_k (W_2 W_1)_kk
//   two                d_1ᵀ M d_2,  M = W_2 ∘ (W_3 W_1)ᵀ        no factor d per sample in any of these
//   deeper             tangents through the narrowest place of the cycle (cyclic-trace.ts)
import { broadcastTo, eye, matmul, mul, permute, sum, type Tensor } from "@cotangent/autodiff";
import { rowDot } from "../inner-products.ts";
import { cyclicTrace } from "./cyclic-trace.ts";

/**
 * tr J per sample. weights: W_1 [d, n_1] … W_L [n_{L−1}, d]; slopes: φ′(a_l) [B, n_l]; result [B].
 *
 * With two hidden layers M is formed once, for 2 n_1 n_2 d operations, and a sample then costs
 * 2 n_1 n_2, the price of one layer.
 */
export function jacobianTrace(
  weights: readonly Tensor[],
  slopes: readonly Tensor[],
  batch: number,
): Tensor {
  const [w1, w2, w3] = weights;
  const [d1, d2] = slopes;
  if (w1 === undefined)
    throw new TypeError("jacobianTrace: expected at least one weight, got none");
  if (!w2 || !d1) {
    const diagonal = mul(w1, eye(w1.shape[0] ?? 0, { dtype: w1.dtype }));
    return broadcastTo(sum(diagonal), [batch]);
  }
  if (!w3 || !d2) return matmul(d1, sum(mul(w1, permute(w2)), 0));
  if (weights.length === 3) return rowDot(matmul(d1, mul(w2, permute(matmul(w3, w1)))), d2);
  return cyclicTrace(weights, slopes, batch);
}
