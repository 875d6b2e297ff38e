// The cotangent of an activation's slope, where tangents passed through it as tDot = φ′(a) ∘ uDot:
//
//   slopeBar[b][j] = Σ_{i < repeat} u[b·repeat + i][j] tBar[b·repeat + i][j]
//
// u, tBar: [batch·repeat, width], `repeat` tangents of each sample.
import { type KernelText, kernelText, sum } from "../template.ts";
import type { Repeated, RowSizes } from "./sizes.ts";

/** Σ_i u ∘ tBar over each sample's tangents: [batch, width]. */
export function slopeCotangent({
  batch,
  width,
  repeat = 1,
}: RowSizes & Repeated): KernelText<"u" | "tBar"> {
  const at = `row * ${repeat} + i`;
  return kernelText({
    name: "slope-cotangent",
    inputs: { u: [batch * repeat, width], tBar: [batch * repeat, width] },
    output: [batch, width],
    body: `${sum("total", "i", repeat, `u[${at}][column] * tBar[${at}][column]`)}\nreturn total;`,
  });
}
