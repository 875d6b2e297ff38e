// Log densities given as functions, and their gradient at every row of a batch.
//
//   log p: [B, d] → [B],   g_b = ∇ log p(x_b)
//
// Rows do not interact, so one pullback of ones gives all of them.
import { grad, ones, type Tensor, vjp, vmap } from "@cotangent/autodiff";
import { formatShape, requireBatch } from "./preconditions.ts";

/**
 * A log density, up to a constant: x: [B, d] → [B].
 *
 * A function of one sample that reduces every axis ([d] → []) is accepted too: it is recognised by
 * its scalar result on a batch, and mapped over the rows.
 */
export type LogDensity = (x: Tensor) => Tensor;

/** ∇ log p at each row. x: [B, d] → [B, d]. Throws if the density's result is neither [B] nor []. */
export function logDensityGradient(operation: string, logDensity: LogDensity, x: Tensor): Tensor {
  const [batch] = requireBatch(operation, x);
  const [value, pullback] = vjp(logDensity, [x]);
  if (value.shape.length === 0) return vmap(grad(logDensity))(x);
  if (value.shape.length !== 1 || value.shape[0] !== batch)
    throw new TypeError(
      `${operation}: expected the log density of x ${formatShape(x.shape)} to be [${batch}], one number a row, got ${formatShape(value.shape)}; sum over the last axis only`,
    );
  return pullback(ones([batch], { dtype: x.dtype }))[0];
}
