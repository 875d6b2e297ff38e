// The exact trace of a perceptron's Jacobian per sample, by the cheapest contraction of its weights.
//
//   J = W_1 D_1 W_2 ⋯ D_{L−1} W_L,   D_l = diag d_l,  d_l = φ′(a_l)
//
//   none hidden   tr W_1
//   one           d_1 · q,        q_k = Σ_i W_1[i][k] W_2[k][i]
//   two           d_1ᵀ M d_2,     M = W_2 ∘ (W_3 W_1)ᵀ
//   deeper        tangents of every axis at the narrowest width of the cycle (mlp/trace.ts)
import {
  broadcastTo,
  expandDims,
  eye,
  matmul,
  mul,
  permute,
  reshape,
  squeeze,
  sum,
  type Tensor,
} from "@cotangent/autodiff";
import { foldRows } from "./operands.ts";
import { denseTangent } from "./products.ts";

/** tr J: [batch]. weights: W_1 [d, n_1] … W_L [n_{L−1}, d]; slopes: φ′(a_l) [batch, n_l]. */
export function jacobianTrace(
  weights: readonly Tensor[],
  slopes: readonly Tensor[],
  batch: number,
): Tensor {
  const [w1, w2, w3] = weights as [Tensor, Tensor, Tensor];
  const [d1, d2] = slopes as [Tensor, Tensor];
  if (weights.length === 1) {
    const diagonal = mul(w1, eye(w1.shape[0] ?? 0, { dtype: w1.dtype }));
    return broadcastTo(sum(diagonal), [batch]);
  }
  if (weights.length === 2) {
    const q = sum(mul(w1, permute(w2)), 0);
    return squeeze(denseTangent(d1, expandDims(q, 1)), 1);
  }
  if (weights.length === 3) {
    const m = mul(w2, permute(matmul(w3, w1)));
    return sum(mul(denseTangent(d1, m), d2), 1);
  }
  return cyclicTrace(weights, slopes, batch);
}

/** The cycle cut at its narrowest width n: n tangents of each sample, [batch, n, width]. */
function cyclicTrace(weights: readonly Tensor[], slopes: readonly Tensor[], batch: number): Tensor {
  const widths = weights.map(({ shape }) => shape[0] ?? 0);
  const cut = widths.indexOf(Math.min(...widths));
  const order = weights.map((_, l) => (cut + l) % weights.length);
  const [first, last] = [order[0]!, order.at(-1)!];
  // The last layer has no slope.
  const scaled = (tangents: Tensor, l: number): Tensor =>
    l < slopes.length ? mul(tangents, expandDims(slopes[l]!, 1)) : tangents;
  const start = expandDims(weights[first]!, 0);
  const whole = broadcastTo(start, [batch, ...weights[first]!.shape]);
  const end = order.slice(1, -1).reduce(
    (tangents, l) =>
      scaled(
        foldRows(tangents, (rows) => denseTangent(rows, weights[l]!)),
        l,
      ),
    first < slopes.length ? scaled(start, first) : whole,
  );
  const closing = sum(mul(end, permute(weights[last]!)), 2);
  const perAxis = last < slopes.length ? mul(closing, slopes[last]!) : closing;
  return reshape(sum(perAxis, 1), [batch]);
}
