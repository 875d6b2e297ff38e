// Denoising: the value and the seed of ½‖s − g‖² per sample, g the gradient of the noise's log density.
//
//   value[b] = ½ Σ_j (s[b][j] − g[b][j])²        seed[b][j] = w[b] (s[b][j] − g[b][j])
//
// s, g: [batch, width]; w: [batch, 1], the weight of each sample in the mean (1/B, or 0 for padding).
import { type KernelText, kernelText, sum } from "../template.ts";
import type { RowSizes } from "./sizes.ts";

/** ½‖s − g‖²: [batch, 1]. */
export function denoisingValue({ batch, width }: RowSizes): KernelText<"s" | "g"> {
  const residual = "(s[row][j] - g[row][j])";
  return kernelText({
    name: "denoising-value",
    inputs: { s: [batch, width], g: [batch, width] },
    output: [batch, 1],
    body: `${sum("total", "j", width, `${residual} * ${residual}`)}\nreturn 0.5 * total;`,
  });
}

/** w (s − g): [batch, width], the cotangent of s. */
export function denoisingSeed({ batch, width }: RowSizes): KernelText<"s" | "g" | "w"> {
  return kernelText({
    name: "denoising-seed",
    inputs: { s: [batch, width], g: [batch, width], w: [batch, 1] },
    output: [batch, width],
    body: "return w[row][0] * (s[row][column] - g[row][column]);",
  });
}
