// An activation, or its first or second derivative, of each element:
//
//   y[b][j] = φ⁽ᵒʳᵈᵉʳ⁾(a[b][j])        a: [batch, width]
import { type KernelText, kernelText } from "../template.ts";
import { type ActivationName, activationText, type Order } from "./activation-text.ts";

/** A batch of hidden units and what acts on them. */
export interface HiddenSizes {
  readonly batch: number;
  readonly width: number;
  readonly activation: ActivationName;
}

/** φ (order 0), φ′ (1) or φ″ (2) of a: [batch, width]. */
export function activation({
  batch,
  width,
  activation: name,
  order,
}: HiddenSizes & { readonly order: Order }): KernelText<"a"> {
  const phi = activationText(name, order);
  return kernelText({
    name: `activation-${order}`,
    inputs: { a: [batch, width] },
    output: [batch, width],
    functions: [phi],
    body: `return ${phi.name}(a[row][column]);`,
  });
}
