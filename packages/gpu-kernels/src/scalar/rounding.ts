// round, half to even as IEEE 754 and the engine have it, and sign. floor and ceil are instructions.
//
//   round x = ⌊|x|⌋ or one more, with the sign of x;   sign x = −1, 1, or x itself if it is ±0 or NaN
import type { FunctionText } from "../template.ts";
import { ofOne } from "./scalar-text.ts";

export const round: FunctionText = ofOne(
  "roundOf",
  `
const size = Math.abs(x);
let y = Math.floor(size);
const rest = size - y;
const odd = y - 2.0 * Math.floor(y * 0.5);
if (rest > 0.5) { y = y + 1.0; }
if (rest === 0.5) { y = y + odd; }
if (x < 0.0) { y = -y; }
if (x === 0.0) { y = x; }
return y;`,
);

export const sign: FunctionText = ofOne(
  "signOf",
  `
let y = x;
if (x > 0.0) { y = 1.0; }
if (x < 0.0) { y = -1.0; }
return y;`,
);
