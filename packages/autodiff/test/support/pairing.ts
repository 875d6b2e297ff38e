// ⟨w, y⟩ = Σ wᵢ yᵢ over trees of tensors, with the magnitude that rounding is measured against.
import type { Tensor } from "@cotangent/autodiff";

export interface Pairing {
  readonly value: number;
  /** Σ |wᵢ yᵢ| */
  readonly magnitude: number;
}

export function pairing(w: readonly Tensor[], y: readonly Tensor[]): Pairing {
  let [value, magnitude] = [0, 0];
  w.forEach((wi, k) => {
    wi.data.forEach((a, i) => {
      const term = a * (y[k]?.data[i] as number);
      value += term;
      magnitude += Math.abs(term);
    });
  });
  return { value, magnitude };
}
