// What an activation does to a tangent, and to a cotangent: both are scaled by its slope.
//
//   y[r][j] = φ′(a[⌊r/repeat⌋][j]) z[r][j]        z: [batch·repeat, width], a: [batch, width]
//
// `repeat` rows of z belong to one sample: several tangents of the same point.
import { type KernelText, kernelText } from "../template.ts";
import { activationText } from "./activation-text.ts";
import type { HiddenSizes, Repeated } from "./sizes.ts";

/** Text for the sample of a row of tangents. */
export const sampleOf = (repeat: number): string =>
  repeat === 1 ? "row" : `Math.floor((row + 0.5) / ${repeat})`;

/** φ′(a) ∘ z: [batch·repeat, width]. */
export function scaleBySlope({
  batch,
  width,
  activation,
  repeat = 1,
}: HiddenSizes & Repeated): KernelText<"a" | "z"> {
  const slope = activationText(activation, 1);
  return kernelText({
    name: "scale-by-slope",
    inputs: { a: [batch, width], z: [batch * repeat, width] },
    output: [batch * repeat, width],
    functions: [slope],
    body: `
const sample = ${sampleOf(repeat)};
return ${slope.name}(a[sample][column]) * z[row][column];`,
  });
}
