// An activation, or its first or second derivative, of each element:
//
//   y[b][j] = φ⁽ᵒʳᵈᵉʳ⁾(a[b][j])        a: [batch, width]
import { type KernelText, kernelText } from "../template.ts";
import { activationText, type Order } from "./activation-text.ts";
import type { HiddenSizes } from "./sizes.ts";

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
