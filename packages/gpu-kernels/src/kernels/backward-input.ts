// The cotangent of a dense layer's input:
//
//   xBar[b][k] = Σ_j yBar[b][j] W[k][j]        yBar: [batch, outputs]
import { type KernelText, kernelText, sum } from "../template.ts";
import type { DenseSizes } from "./sizes.ts";

/** yBar Wᵀ: [batch, inputs]. */
export function backwardInput({
  batch,
  inputs,
  outputs,
}: DenseSizes): KernelText<"yBar" | "weight"> {
  return kernelText({
    name: "backward-input",
    inputs: { yBar: [batch, outputs], weight: [inputs, outputs] },
    output: [batch, inputs],
    body: `${sum("total", "j", outputs, "yBar[row][j] * weight[column][j]")}\nreturn total;`,
  });
}
