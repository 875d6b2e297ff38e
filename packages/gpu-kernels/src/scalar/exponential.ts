// eˣ and eˣ/2 for kernels: polynomials of our own, since WGSL's exp may err by 3 + 2|x| ulp and its
// tanh by 1e-5, and GLSL states no bound at all.
//
//   eˣ = 2ⁿ eʳ,  n = ⌊x log₂e + ½⌋,  r = x − n ln 2 in two parts,  eʳ = 1 + r + r² P(r)      |error| < 2 ulp
//
// eˣ/2 is e^(x − ln 2), which reaches as far as sinh and cosh do.
// Sources: Moshier, Cephes, expf.c (P); Cody & Waite 1980, chapter 6 (two parts: n·355/512 is exact).
import { type FunctionText, literal } from "../template.ts";
import { timesPowerOfTwo } from "./powers-of-two.ts";
import { ofOne, polynomial } from "./scalar-text.ts";

/** (eʳ − 1 − r)/r² for |r| ≤ ½ ln 2; r: the name of a local. */
export const excess = (r: string): string =>
  polynomial(
    r,
    [0.50000001201, 0.16666665459, 0.041665795894, 0.0083334519073, 0.0013981999507, 0.00019875691],
  );

/** eˣ·2^shift; beyond ±104 it is 0 and ∞ already. */
const scaled = (name: string, shift: number): FunctionText =>
  ofOne(
    name,
    `
let c = x;
if (c > 104.0) { c = 104.0; }
if (c < -104.0) { c = -104.0; }
const n = Math.floor(c * 1.44269504 + 0.5);
const r = c - n * 0.693359375 + n * 0.00021219444;
let y = r * r * ${excess("r")} + r + 1.0;
${timesPowerOfTwo("y", shift === 0 ? "n" : `n + ${literal(shift)}`)}
if (x > 104.0) { y = x * Infinity; }
if (x < -104.0) { y = 0.0; }
return y;`,
  );

/** exp x: 0 below −104, ∞ from 88.73 on, NaN at NaN. Numbers below 1.2e-38 may be 0 on a GPU. */
export const exponential: FunctionText = scaled("exponential", 0);

/** ½ exp x. */
export const halfExponential: FunctionText = scaled("halfExponential", -1);
