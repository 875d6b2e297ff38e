// mod(x, y) = x − y⌊x/y⌋, as the engine computes it: the exact remainder of truncated division, plus y if their
// signs differ.
//
//   r = |x|;  for t = |y|·2ⁿ, …, 2|y|, |y|:  if r ≥ t then r = r − t
//
// Long division in base 2: every difference is exact, however far apart x and y are. NaN where y is 0 or x infinite.
import { type FunctionText, functionText, literal } from "../template.ts";
import { largest } from "./scalar-text.ts";

/** Doublings of t up to r in steps of 2ˢ, of which f32 has less than 278. */
const doublings = [64, 64, 64, 64, 32, 16, 8, 4, 2, 1]
  .map((s) => `if (t <= r * ${literal(2 ** -s)}) { t = t * ${literal(2 ** s)}; }`)
  .join("\n");

export const mod: FunctionText = functionText(
  "modOf",
  ["dividend", "divisor"],
  `
const size = Math.abs(divisor);
let r = Math.abs(dividend);
let t = size;
${doublings}
for (let i = 0; i < 280; i++) {
  if (r < size) { break; }
  if (r >= t) { r = r - t; }
  t = t * 0.5;
}
let y = r;
if (dividend < 0.0) { y = -r; }
if (r > 0.0) {
  if (dividend < 0.0) {
    if (divisor > 0.0) { y = y + divisor; }
  } else if (divisor < 0.0) {
    y = y + divisor;
  }
}
if (dividend === 0.0) { y = dividend; }
if (Math.abs(dividend) > ${largest}) { y = Math.sqrt(-1.0 - size); }
let isDivisor = 0.0;
if (size > 0.0) { isDivisor = 1.0; }
if (isDivisor < 0.5) { y = Math.sqrt(-1.0 - Math.abs(dividend)); }
return y;`,
);
