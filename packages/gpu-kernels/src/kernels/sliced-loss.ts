// Values and seeds of the objectives that hold a trace, t = vᵀJv (sliced) or tr J (implicit); c = v·s.
//
//   sliced             value[b] = t + ½c²        sBar[b][j] = w[b] c[b] v[b][j]
//   reduced, implicit  value[b] = t + ½‖s‖²      sBar[b][j] = w[b] s[b][j]
//
// s, v: [batch, width]; t, c: [batch, 1]; w: [batch, 1], the weight of each sample in the mean.
import { type KernelText, kernelText, sum } from "../template.ts";
import type { RowSizes } from "./sizes.ts";

/** trace + ½c²: [batch, 1]. */
export function slicedValue({ batch }: { readonly batch: number }): KernelText<"trace" | "c"> {
  return kernelText({
    name: "sliced-value",
    inputs: { trace: [batch, 1], c: [batch, 1] },
    output: [batch, 1],
    body: "return trace[row][0] + 0.5 * c[row][0] * c[row][0];",
  });
}

/** w c v: [batch, width], the cotangent of s. */
export function slicedSeed({ batch, width }: RowSizes): KernelText<"v" | "c" | "w"> {
  return kernelText({
    name: "sliced-seed",
    inputs: { v: [batch, width], c: [batch, 1], w: [batch, 1] },
    output: [batch, width],
    body: "return w[row][0] * c[row][0] * v[row][column];",
  });
}

/** w z: [batch, width]: the cotangent of Jv (z = v), and that of s under ½‖s‖² (z = s). */
export function weightRows({ batch, width }: RowSizes): KernelText<"z" | "w"> {
  return kernelText({
    name: "weight-rows",
    inputs: { z: [batch, width], w: [batch, 1] },
    output: [batch, width],
    body: "return w[row][0] * z[row][column];",
  });
}

/** trace + ½‖s‖²: [batch, 1]. trace: [batch, 1]. */
export function tracedValue({ batch, width }: RowSizes): KernelText<"trace" | "s"> {
  return kernelText({
    name: "traced-value",
    inputs: { trace: [batch, 1], s: [batch, width] },
    output: [batch, 1],
    body: `${sum("total", "j", width, "s[row][j] * s[row][j]")}\nreturn trace[row][0] + 0.5 * total;`,
  });
}
