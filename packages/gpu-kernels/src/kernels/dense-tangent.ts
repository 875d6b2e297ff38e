// The tangent of a dense layer: the bias is constant, so it drops out.
//
//   yDot[r][j] = Σ_k xDot[r][k] W[k][j]        xDot: [batch, inputs]
import { type KernelText, kernelText, sum } from "../template.ts";
import type { DenseSizes } from "./sizes.ts";

/** xDot W: [batch, outputs]. */
export function denseTangent({
  batch,
  inputs,
  outputs,
}: DenseSizes): KernelText<"xDot" | "weight"> {
  return kernelText({
    name: "dense-tangent",
    inputs: { xDot: [batch, inputs], weight: [inputs, outputs] },
    output: [batch, outputs],
    body: `${sum("total", "k", inputs, "xDot[row][k] * weight[k][column]")}\nreturn total;`,
  });
}
