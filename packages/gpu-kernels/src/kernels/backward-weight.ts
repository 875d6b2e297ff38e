// The cotangent of a dense layer's weight: a sum over the batch, of any length.
//
//   wBar[k][j] = Σ_b x[b][k] yBar[b][j]   (+ carry[k][j])        x: [batch, inputs], yBar: [batch, outputs]
//
// The carry adds what a loss owes to the same weight by another way, or an earlier tile of the batch.
import { type KernelText, kernelText, sum } from "../template.ts";
import type { DenseSizes } from "./sizes.ts";

/** xᵀ yBar: [inputs, outputs]. */
export function backwardWeight({ batch, inputs, outputs }: DenseSizes): KernelText<"x" | "yBar"> {
  return kernelText({
    name: "backward-weight",
    inputs: { x: [batch, inputs], yBar: [batch, outputs] },
    output: [inputs, outputs],
    body: `${sum("total", "b", batch, "x[b][row] * yBar[b][column]")}\nreturn total;`,
  });
}

/** carry + xᵀ yBar: [inputs, outputs]. */
export function accumulateWeight({
  batch,
  inputs,
  outputs,
}: DenseSizes): KernelText<"x" | "yBar" | "carry"> {
  return kernelText({
    name: "accumulate-weight",
    inputs: { x: [batch, inputs], yBar: [batch, outputs], carry: [inputs, outputs] },
    output: [inputs, outputs],
    body: `${sum("total", "b", batch, "x[b][row] * yBar[b][column]")}\nreturn carry[row][column] + total;`,
  });
}
