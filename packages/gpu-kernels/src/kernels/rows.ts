// Rows of a larger batch, and the noise that denoising adds to them.
//
//   take      y[b][j] = x[(first + b) width + j], the last row again beyond the end    first: [1]
//   perturb   y[b][j] = x[b][j] + σ ε[b][j]          target   g[b][j] = −ε[b][j]/σ          sigma: [1]
//
// x: [total·width] in take, a vector since it may have more rows than a texture; else as y: [batch, width].
import { type KernelText, kernelText, literal } from "../template.ts";
import type { RowSizes } from "./sizes.ts";

/**
 * `batch` rows of x: [total·width], `total` rows one after another, from row first[0] on; beyond the
 * end, the last row. total·width < 2²⁴, which f32 counts exactly; throws a RangeError otherwise.
 */
export function takeRows({
  batch,
  width,
  total,
}: RowSizes & { readonly total: number }): KernelText<"x" | "first"> {
  if (total * width >= 2 ** 24)
    throw new RangeError(
      `take-rows: expected fewer than 2^24 numbers in all rows, got ${total} × ${width}; take fewer steps a call`,
    );
  return kernelText({
    name: "take-rows",
    inputs: { x: [total * width], first: [1] },
    output: [batch, width],
    body: `
let from = first[0] + row;
if (from > ${literal(total - 1)}) { from = ${literal(total - 1)}; }
return x[from * ${width}.0 + column];`,
  });
}

/** x + σε: [batch, width]. */
export function perturb({ batch, width }: RowSizes): KernelText<"x" | "epsilon" | "sigma"> {
  return kernelText({
    name: "perturb",
    inputs: { x: [batch, width], epsilon: [batch, width], sigma: [1] },
    output: [batch, width],
    body: "return x[row][column] + sigma[0] * epsilon[row][column];",
  });
}

/** −ε/σ, the gradient of log N(σε; 0, σ²I): [batch, width]. */
export function gaussianTarget({ batch, width }: RowSizes): KernelText<"epsilon" | "sigma"> {
  return kernelText({
    name: "gaussian-target",
    inputs: { epsilon: [batch, width], sigma: [1] },
    output: [batch, width],
    body: "return -epsilon[row][column] / sigma[0];",
  });
}
