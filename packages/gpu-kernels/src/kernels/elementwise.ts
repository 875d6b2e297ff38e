// Sums and products of two arrays of the same shape:  y = p + q,  y = p ∘ q.
import { type KernelText, kernelText, ownElement } from "../template.ts";
import type { Elementwise } from "./sizes.ts";

/** p + q. */
export function plus({ shape }: Elementwise): KernelText<"p" | "q"> {
  const here = ownElement(shape);
  const inputs = { p: shape, q: shape };
  return kernelText({ name: "plus", inputs, output: shape, body: `return p${here} + q${here};` });
}

/** p ∘ q. */
export function times({ shape }: Elementwise): KernelText<"p" | "q"> {
  const here = ownElement(shape);
  const inputs = { p: shape, q: shape };
  return kernelText({ name: "times", inputs, output: shape, body: `return p${here} * q${here};` });
}
