// exp and log1p for kernels: polynomials of our own, since WGSL's exp may err by 3 + 2|x| ulp and its
// tanh by 1e-5, and GLSL states no bound at all.
//
//   exp x = 2ⁿ exp r,  n = ⌊x log₂e + ½⌋,  r = x − n ln 2 in two parts        |error| < 2 ulp of f32
//   log1p e = 2 artanh(e/(2 + e)),  0 ≤ e ≤ 1
//
// Sources: Moshier, Cephes, expf.c (coefficients); the series of artanh, whose argument is ≤ ⅓.
import { type FunctionText, functionText } from "../template.ts";

/** exp x: 0 below −103, infinite above 88.8, NaN at NaN. Numbers below 1e-38 may be 0 on a GPU. */
export const exponential: FunctionText = functionText(
  "exponential",
  ["x"],
  `
let c = x;
if (c > 128.0) { c = 128.0; }
if (c < -128.0) { c = -128.0; }
const n = Math.floor(c * 1.44269504 + 0.5);
const r = c - n * 0.693359375 + n * 0.00021219444;
let p = 0.00019875691;
p = p * r + 0.0013981999507;
p = p * r + 0.0083334519073;
p = p * r + 0.041665795894;
p = p * r + 0.16666665459;
p = p * r + 0.50000001201;
let y = p * r * r + r + 1.0;
let m = Math.abs(n);
let factor = 2.0;
if (n < 0.0) { factor = 0.5; }
for (let i = 0; i < 8; i++) {
  const half = Math.floor(m * 0.5);
  if (m - 2.0 * half > 0.5) { y = y * factor; }
  m = half;
  factor = factor * factor;
}
if (x < -104.0) { y = 0.0; }
return y;`,
);

/** log(1 + e) for e in [0, 1]. */
export const logOnePlus: FunctionText = functionText(
  "logOnePlus",
  ["e"],
  `
const s = e / (2.0 + e);
const z = s * s;
let p = 0.0666666667;
p = p * z + 0.0769230769;
p = p * z + 0.0909090909;
p = p * z + 0.1111111111;
p = p * z + 0.1428571429;
p = p * z + 0.2;
p = p * z + 0.3333333333;
return 2.0 * s * (p * z + 1.0);`,
);
