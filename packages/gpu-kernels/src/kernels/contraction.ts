// The trace of a network's Jacobian as a contraction of its weights, once for all samples.
//
//   none hidden   t[b] = Σ_i W[i][i]
//   one           q[k] = Σ_i W₁[i][k] W₂[k][i]           tr J = φ′(a₁) · q
//   two           R[j][k] = Σ_i W₁[i][j] W₃[k][i]        tr J = φ′(a₁)ᵀ (W₂ ∘ R) φ′(a₂)
//
// and the transposes of each in each weight. W_l: [in, out]. Derivation: mlp/trace.ts.
import { type KernelText, kernelText, sum } from "../template.ts";
import type { RowSizes } from "./sizes.ts";

/** The widths of the input and output, and of the hidden layers. */
interface LoopSizes {
  readonly width: number;
  readonly first: number;
}
interface RingSizes extends LoopSizes {
  readonly second: number;
}

/** tr W for every sample: [batch, 1]. W: [width, width]. */
export function weightTrace({ batch, width }: RowSizes): KernelText<"weight"> {
  return kernelText({
    name: "weight-trace",
    inputs: { weight: [width, width] },
    output: [batch, 1],
    body: `${sum("total", "i", width, "weight[i][i]")}\nreturn total;`,
  });
}

/** (Σ_b w_b) I: [width, width], the cotangent of W under Σ_b w_b tr W. */
export function weightTraceBar({ batch, width }: RowSizes): KernelText<"w"> {
  return kernelText({
    name: "weight-trace-bar",
    inputs: { w: [batch, 1] },
    output: [width, width],
    body: `
${sum("total", "b", batch, "w[b][0]")}
if (row !== column) { total = 0.0; }
return total;`,
  });
}

/** q[k] = Σ_i W₁[i][k] W₂[k][i]: [first, 1]. */
export function loopDiagonal({ width, first }: LoopSizes): KernelText<"weight1" | "weight2"> {
  return kernelText({
    name: "loop-diagonal",
    inputs: { weight1: [width, first], weight2: [first, width] },
    output: [first, 1],
    body: `${sum("total", "i", width, "weight1[i][row] * weight2[row][i]")}\nreturn total;`,
  });
}

/** qBar[k] W₂[k][i] at [i][k]: the cotangent of W₁, [width, first]. */
export function loopFirstBar({ width, first }: LoopSizes): KernelText<"qBar" | "weight2"> {
  return kernelText({
    name: "loop-first-bar",
    inputs: { qBar: [first, 1], weight2: [first, width] },
    output: [width, first],
    body: "return qBar[column][0] * weight2[column][row];",
  });
}

/** qBar[k] W₁[i][k] at [k][i]: the cotangent of W₂, [first, width]. */
export function loopSecondBar({ width, first }: LoopSizes): KernelText<"qBar" | "weight1"> {
  return kernelText({
    name: "loop-second-bar",
    inputs: { qBar: [first, 1], weight1: [width, first] },
    output: [first, width],
    body: "return qBar[row][0] * weight1[column][row];",
  });
}

/** R[j][k] = Σ_i W₁[i][j] W₃[k][i]: [first, second]. */
export function ring({ width, first, second }: RingSizes): KernelText<"weight1" | "weight3"> {
  return kernelText({
    name: "ring",
    inputs: { weight1: [width, first], weight3: [second, width] },
    output: [first, second],
    body: `${sum("total", "i", width, "weight1[i][row] * weight3[column][i]")}\nreturn total;`,
  });
}

/** Σ_k RBar[j][k] W₃[k][i] at [i][j]: the cotangent of W₁, [width, first]. */
export function ringFirstBar({
  width,
  first,
  second,
}: RingSizes): KernelText<"ringBar" | "weight3"> {
  return kernelText({
    name: "ring-first-bar",
    inputs: { ringBar: [first, second], weight3: [second, width] },
    output: [width, first],
    body: `${sum("total", "k", second, "ringBar[column][k] * weight3[k][row]")}\nreturn total;`,
  });
}

/** Σ_j RBar[j][k] W₁[i][j] at [k][i]: the cotangent of W₃, [second, width]. */
export function ringLastBar({
  width,
  first,
  second,
}: RingSizes): KernelText<"ringBar" | "weight1"> {
  return kernelText({
    name: "ring-last-bar",
    inputs: { ringBar: [first, second], weight1: [width, first] },
    output: [second, width],
    body: `${sum("total", "j", first, "ringBar[j][row] * weight1[column][j]")}\nreturn total;`,
  });
}
