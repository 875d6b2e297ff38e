// Sliced score matching: values and seeds of vᵀJv + ½(v·s)² per sample, J v = sDot, c = v·s.
//
//   value[b] = vᵀsDot + ½c²        sBar[b][j] = w[b] c[b] v[b][j]        sDotBar[b][j] = w[b] v[b][j]
//
// s, sDot, v: [batch, width]; c: [batch, 1]; w: [batch]. The reduced objective and the implicit one
// have ½‖s‖² in place of ½c²: its value is `half-norm` and its seed w s.
import { type KernelText, kernelText, sum } from "../template.ts";

interface Sizes {
  readonly batch: number;
  readonly width: number;
}

/** vᵀsDot + ½c²: [batch, 1]. */
export function slicedValue({ batch, width }: Sizes): KernelText<"sDot" | "v" | "c"> {
  return kernelText({
    name: "sliced-value",
    inputs: { sDot: [batch, width], v: [batch, width], c: [batch, 1] },
    output: [batch, 1],
    body: `
${sum("total", "j", width, "v[row][j] * sDot[row][j]")}
return total + 0.5 * c[row][0] * c[row][0];`,
  });
}

/** w c v: [batch, width], the cotangent of s. */
export function slicedSeed({ batch, width }: Sizes): KernelText<"v" | "c" | "w"> {
  return kernelText({
    name: "sliced-seed",
    inputs: { v: [batch, width], c: [batch, 1], w: [batch] },
    output: [batch, width],
    body: "return w[row] * c[row][0] * v[row][column];",
  });
}

/** w z: [batch, width]: the cotangent of sDot (z = v), and that of s under ½‖s‖² (z = s). */
export function weightRows({ batch, width }: Sizes): KernelText<"z" | "w"> {
  return kernelText({
    name: "weight-rows",
    inputs: { z: [batch, width], w: [batch] },
    output: [batch, width],
    body: "return w[row] * z[row][column];",
  });
}

/** trace + ½‖s‖²: [batch, 1]. trace: [batch, 1]. */
export function tracedValue({ batch, width }: Sizes): KernelText<"trace" | "s"> {
  return kernelText({
    name: "traced-value",
    inputs: { trace: [batch, 1], s: [batch, width] },
    output: [batch, 1],
    body: `${sum("total", "j", width, "s[row][j] * s[row][j]")}\nreturn trace[row][0] + 0.5 * total;`,
  });
}
