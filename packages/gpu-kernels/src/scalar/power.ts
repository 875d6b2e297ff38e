// xʸ = 2^(y log₂ x), and its many special cases, as JavaScript has them.
//
//   log₂ |x| = k + cp·s (3 + s² + L(s²) s⁴),  s = (m − 1)/(m + 1),  cp = 2/(3 ln 2),  |x| = m·2ᵏ, √½ ≤ m < √2
//
// y log₂ x may be 128 and its fraction must keep 24 bits: the logarithm is a sum of two numbers, of which the first
// has 12 bits, so that products of such are exact. The first 12 bits of v are (v + 4096 v) − 4096 v, right also where a
// compiler contracts products and sums; one that reassociates them costs digits: |error| < 3u (1 + |y ln x|) |xʸ| still.
// Source: fdlibm, e_powf.c (one interval of m here instead of two).
import { type FunctionText, functionText } from "../template.ts";
import { excess } from "./exponential.ts";
import { takeExponent, timesPowerOfTwo } from "./powers-of-two.ts";
import { largest, polynomial } from "./scalar-text.ts";

/** Text that declares `head`, the first 12 bits of the local v. */
const split = (v: string, head: string): string =>
  `const ${head}Shift = 4096.0 * ${v};\nconst ${head} = (${v} + ${head}Shift) - ${head}Shift;`;

/** Text that declares first + second = log₂ (m·2ᵏ), `first` of 12 bits. */
const log2InTwo = `
const f = m - 1.0;
const sum = m + 1.0;
${split("sum", "sumHead")}
const sumTail = m - (sumHead - 1.0);
const inverse = 1.0 / sum;
const s = f * inverse;
${split("s", "sHead")}
const sTail = inverse * ((f - sHead * sumHead) - sHead * sumTail);
const z = s * s;
const small = z * z * ${polynomial("z", [3 / 5, 3 / 7, 3 / 9, 3 / 11, 3 / 13])} + sTail * (sHead + s);
const square = sHead * sHead;
const t = 3.0 + square + small;
${split("t", "tHead")}
const tTail = small - ((tHead - 3.0) - square);
const u = sHead * tHead;
const v = sTail * tHead + tTail * s;
const p = u + v;
${split("p", "pHead")}
const pTail = v - (pHead - u);
const qHead = 0.9619140625 * pHead;
const qTail = -0.00011736857402 * pHead + pTail * 0.96179670095;
const log2 = qHead + qTail + k;
${split("log2", "first")}
const second = qTail - ((first - k) - qHead);`;

/** Text that declares y = 2^(exponent·(first + second)); beyond ±2⁴⁰ the exponent makes no difference. */
const exp2OfProduct = `
let e = exponent;
if (e > 1099511627776.0) { e = 1099511627776.0; }
if (e < -1099511627776.0) { e = -1099511627776.0; }
${split("e", "eHead")}
let top = eHead * first;
let rest = (e - eHead) * first + e * second;
const total = top + rest;
if (total > 160.0) {
  top = 160.0;
  rest = 0.0;
}
if (total < -160.0) {
  top = -160.0;
  rest = 0.0;
}
const n = Math.floor(top + rest + 0.5);
const r = 0.69314718056 * (top - n + rest);
let y = r * r * ${excess("r")} + r + 1.0;
${timesPowerOfTwo("y", "n")}
if (total > 150.0) { y = total * Infinity; }`;

/** JavaScript's x ** y: like IEEE 754's, but NaN for 1 ** NaN and (±1) ** ±∞. */
export const pow: FunctionText = functionText(
  "powOf",
  ["base", "exponent"],
  `
const size = Math.abs(base);
let m = size;
let k = 0.0;
${takeExponent("m", "k")}
${log2InTwo}
${exp2OfProduct}
let isLess = 0.0;
if (base < 0.0) { isLess = 1.0; }
if (m < 0.5) {
  if (1.0 / base < 0.0) { isLess = 1.0; }
  if (exponent > 0.0) { y = 0.0; }
  if (exponent < 0.0) { y = (exponent - 2.0) * -Infinity; }
}
if (size > ${largest}) {
  if (exponent < 0.0) { y = 0.0; }
  if (exponent > 0.0) { y = size; }
}
const whole = Math.floor(exponent);
if (isLess > 0.5) {
  if (whole < exponent) {
    if (size > 0.0) {
      if (size <= ${largest}) { y = Math.sqrt(base); }
    }
  } else if (whole - 2.0 * Math.floor(whole * 0.5) > 0.5) {
    y = -y;
  }
}
if (size === 1.0) {
  if (Math.abs(exponent) > ${largest}) { y = Math.sqrt(-Math.abs(exponent)); }
}
if (exponent === 0.0) { y = 1.0; }
return y;`,
);
