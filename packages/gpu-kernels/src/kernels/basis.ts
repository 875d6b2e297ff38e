// Tangents along every axis at once: a sample's row i of `width` starts as the unit vector e_i, which is
// never stored. Here r = b·width + i.
//
//   basis-tangent    u[r][j] = W[i][j]                     e_i W, the first product
//   basis-weight     wBar[i][j] = Σ_b uBar[b·width + i][j]  its transpose in W
//   basis-trace      trace[b] = Σ_i t[b·width + i][i]      Σ_i e_i · t_i, the end of the cycle
//   basis-seed       tBar[r][j] = w[b] if i = j, else 0    its transpose
import { type KernelText, kernelText, sum } from "../template.ts";
import type { RowSizes } from "./sizes.ts";

/** Text for b and i of a row r. */
const parts = (width: number): string =>
  `const b = Math.floor((row + 0.5) / ${width}.0);\nconst i = row - b * ${width};`;

/** W's row i in row b·width + i: [batch·width, outputs]. */
export function basisTangent({
  batch,
  width,
  outputs,
}: RowSizes & { readonly outputs: number }): KernelText<"weight"> {
  return kernelText({
    name: "basis-tangent",
    inputs: { weight: [width, outputs] },
    output: [batch * width, outputs],
    body: `${parts(width)}\nreturn weight[i][column];`,
  });
}

/** Σ_b uBar[b·width + i]: [width, outputs]. */
export function basisWeight({
  batch,
  width,
  outputs,
}: RowSizes & { readonly outputs: number }): KernelText<"uBar"> {
  return kernelText({
    name: "basis-weight",
    inputs: { uBar: [batch * width, outputs] },
    output: [width, outputs],
    body: `${sum("total", "b", batch, `uBar[b * ${width} + row][column]`)}\nreturn total;`,
  });
}

/** Σ_i t[b·width + i][i]: [batch, 1]. */
export function basisTrace({ batch, width }: RowSizes): KernelText<"t"> {
  return kernelText({
    name: "basis-trace",
    inputs: { t: [batch * width, width] },
    output: [batch, 1],
    body: `${sum("total", "i", width, `t[row * ${width} + i][i]`)}\nreturn total;`,
  });
}

/** w[b] where i = j, else 0: [batch·width, width]. */
export function basisSeed({ batch, width }: RowSizes): KernelText<"w"> {
  return kernelText({
    name: "basis-seed",
    inputs: { w: [batch, 1] },
    output: [batch * width, width],
    body: `
${parts(width)}
let seed = 0.0;
if (i === column) { seed = w[b][0]; }
return seed;`,
  });
}
