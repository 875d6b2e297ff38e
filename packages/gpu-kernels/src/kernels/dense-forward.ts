// A dense layer, bias and activation fused:
//
//   y[b][j] = φ(Σ_k x[b][k] W[k][j] + c[j])        x: [batch, inputs], W: [inputs, outputs], c: [outputs]
//
// One thread computes one element of y; the threads of a row read the same x, those of a column the same W.
import { type KernelText, kernelText, sum } from "../template.ts";
import { type ActivationName, activationText } from "./activation-text.ts";
import type { DenseSizes } from "./sizes.ts";

/** φ(x W + c): [batch, outputs]. */
export function denseForward({
  batch,
  inputs,
  outputs,
  activation = "identity",
}: DenseSizes & { readonly activation?: ActivationName }): KernelText<"x" | "weight" | "bias"> {
  const phi = activationText(activation, 0);
  return kernelText({
    name: "dense-forward",
    inputs: { x: [batch, inputs], weight: [inputs, outputs], bias: [outputs] },
    output: [batch, outputs],
    functions: [phi],
    body: `
${sum("total", "k", inputs, "x[row][k] * weight[k][column]")}
return ${phi.name}(total + bias[column]);`,
  });
}
