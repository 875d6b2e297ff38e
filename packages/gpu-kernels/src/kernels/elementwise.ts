// Sums and products of two arrays of the same shape:  y = p + q,  y = p ∘ q.
import { type KernelText, kernelText, ownElement, type Shape } from "../template.ts";

interface Options {
  readonly shape: Shape;
}

/** p + q. */
export function plus({ shape }: Options): KernelText<"p" | "q"> {
  const here = ownElement(shape);
  const inputs = { p: shape, q: shape };
  return kernelText({ name: "plus", inputs, output: shape, body: `return p${here} + q${here};` });
}

/** p ∘ q. */
export function times({ shape }: Options): KernelText<"p" | "q"> {
  const here = ownElement(shape);
  const inputs = { p: shape, q: shape };
  return kernelText({ name: "times", inputs, output: shape, body: `return p${here} * q${here};` });
}
