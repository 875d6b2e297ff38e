// Reductions: of a batch to one number, and of each row to one.
//
//   weighted sum    y[0] = Σ_b w[b] v[b][0]        w: [batch, 1], v: [batch, 1]
//   row products    y[b][0] = Σ_j p[b][j] q[b][j]   p, q: [batch, width]
import { type KernelText, kernelText, sum } from "../template.ts";
import type { RowSizes } from "./sizes.ts";

/** Σ_b w_b v_b: [1]. With w_b = 1/B it is the mean, with w_b = 0 a row does not count. */
export function weightedSum({ batch }: Pick<RowSizes, "batch">): KernelText<"w" | "v"> {
  return kernelText({
    name: "weighted-sum",
    inputs: { w: [batch, 1], v: [batch, 1] },
    output: [1],
    body: `${sum("total", "b", batch, "w[b][0] * v[b][0]")}\nreturn total;`,
  });
}

/** p · q of each row: [batch, 1]. */
export function rowProducts({ batch, width }: RowSizes): KernelText<"p" | "q"> {
  return kernelText({
    name: "row-products",
    inputs: { p: [batch, width], q: [batch, width] },
    output: [batch, 1],
    body: `${sum("total", "j", width, "p[row][j] * q[row][j]")}\nreturn total;`,
  });
}
