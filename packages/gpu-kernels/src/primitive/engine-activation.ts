// φ and its derivatives in the engine's operations: for the orders that have no kernel, and for other compilers.
//
//   φ⁽ᵏ⁾(a) ∘ z = the tangent of φ⁽ᵏ⁻¹⁾ at a along z
import {
  broadcastTo,
  jvp,
  relu,
  sigmoid,
  silu,
  softplus,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";
import type { ActivationName } from "../kernels/activation-text.ts";

const functions: Readonly<Record<ActivationName, (a: Tensor) => Tensor>> = {
  tanh,
  softplus,
  silu,
  sigmoid,
  relu,
  identity: (a) => a,
};

/** φ⁽ᵏ⁾(a) ∘ z, k ≥ 1. */
export const derivativeAlong = (
  activation: ActivationName,
  order: number,
  a: Tensor,
  z: Tensor,
): Tensor => jvp((p: Tensor) => derivativeAt(activation, order - 1, p), [a], [z])[1];

/** φ⁽ᵏ⁾(a). */
export function derivativeAt(activation: ActivationName, order: number, a: Tensor): Tensor {
  if (order === 0) return functions[activation](a);
  const ones = broadcastTo(tensor(1, { dtype: a.dtype }), a.shape);
  return derivativeAlong(activation, order, a, ones);
}
