// A log density and its gradient at every row of a batch.
//
//   log p: [B, d] → [B],   g_b = ∇ log p(x_b)
//
// Rows do not interact, so one pullback of ones gives all of them.
import { ones, type Tensor, valueAndGrad, vjp, vmap } from "@cotangent/autodiff";
import { requireChains } from "./preconditions.ts";

/**
 * A log density, up to a constant: x: [B, d] → [B].
 *
 * A function of one sample that reduces every axis ([d] → []) is accepted too: it is recognised by
 * its scalar result on a batch, and mapped over the rows.
 */
export type LogDensity = (x: Tensor) => Tensor;

/** [log p, ∇ log p] at each row. x: [B, d] → [[B], [B, d]]. Throws if log p is neither [B] nor []. */
export function withGradient(
  operation: string,
  logDensity: LogDensity,
  x: Tensor,
): readonly [Tensor, Tensor] {
  const [batch, d] = requireChains(operation, x);
  const [logP, pullback] = vjp(logDensity, [x]);
  if (logP.shape.length === 0) return vmap(valueAndGrad(logDensity))(x);
  if (logP.shape.length !== 1 || logP.shape[0] !== batch)
    throw new TypeError(
      `${operation}: expected the log density of x [${batch}, ${d}] to be [${batch}], one number a row, got [${logP.shape.join(", ")}]; sum over the last axis only`,
    );
  return [logP, pullback(ones([batch], { dtype: x.dtype }))[0]];
}
