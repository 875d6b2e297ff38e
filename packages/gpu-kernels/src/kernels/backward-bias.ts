// The cotangent of a dense layer's bias: the sum of the batch's rows.
//
//   cBar[j] = Σ_b yBar[b][j]        yBar: [batch, outputs]
import { type KernelText, kernelText, sum } from "../template.ts";
import type { DenseSizes } from "./sizes.ts";

/** The batch's rows summed: [outputs]. */
export function backwardBias({ batch, outputs }: Omit<DenseSizes, "inputs">): KernelText<"yBar"> {
  return kernelText({
    name: "backward-bias",
    inputs: { yBar: [batch, outputs] },
    output: [outputs],
    body: `${sum("total", "b", batch, "yBar[b][index]")}\nreturn total;`,
  });
}
