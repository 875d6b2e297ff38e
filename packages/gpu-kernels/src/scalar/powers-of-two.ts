// Exact products with powers of two, from comparisons alone: kernels cannot see a number's bits, and
// the shading languages' exp2 and log2 may err by a few ulp even at whole numbers.
//
//   y ← y·2ⁿ         a comparison for each binary digit of n, and one product
//   m·2ᵏ = m, k      a comparison for each binary digit of k, with 1 ≤ m < 2
//
// Called by every function that takes a number's exponent apart or puts one on.
import { literal } from "../template.ts";

const places = [64, 32, 16, 8, 4, 2, 1];

/** Text: where ±places ≥ s, `statement`, and s places are done. */
const step = (s: number, sign: 1 | -1, statement: string): string =>
  sign > 0
    ? `if (places >= ${s}.0) { ${statement} places = places - ${s}.0; }`
    : `if (places <= -${s}.0) { ${statement} places = places + ${s}.0; }`;

/** Text: 2⁶⁴ goes into `y` at once, so that the power of the other places is a normal number. */
const steps = (y: string, sign: 1 | -1): string =>
  [
    step(64, sign, `${y} = ${y} * ${literal(2 ** (sign * 64))};`),
    ...places.map((s) => step(s, sign, `power = power * ${literal(2 ** (sign * s))};`)),
  ].join("\n");

/**
 * Text that multiplies the variable `y` by 2ⁿ, n whole, |n| ≤ 190: exactly, or rounded once where the result is
 * denormal. `n`: an expression; `places` and `power` are in scope afterwards.
 */
export const timesPowerOfTwo = (y: string, n: string): string => `
let places = ${n};
let power = 1.0;
if (places < 0.0) {
${steps(y, -1)}
} else {
${steps(y, 1)}
}
${y} = ${y} * power;`;

/** Text: where `m` ≥ 2^(least + s), m ← m·2⁻ˢ and `count`. From s = 64 down to 1 this leaves m < 2^(least + 1). */
const down = (m: string, s: number, least: number, count: string): string =>
  `if (${m} >= ${literal(2 ** (least + s))}) { ${m} = ${m} * ${literal(2 ** -s)}; ${count} }`;

/** Text: where `m` < 2^(least + 1 − s), m ← m·2ˢ and `count`. This leaves m ≥ 2^least. */
const up = (m: string, s: number, least: number, count: string): string =>
  `if (${m} < ${literal(2 ** (least + 1 - s))}) { ${m} = ${m} * ${literal(2 ** s)}; ${count} }`;

/**
 * Text that takes 2ᵏ out of the variable `m`: m·2ᵏ is the number that it was, √½ ≤ m < √2 if it was positive and
 * finite. Denormal numbers count where the device has them; what is 0 or, as f32, would be, stays below ½.
 */
export const takeExponent = (m: string, k: string): string => `
if (${m} < ${literal(2 ** -126)}) {
  ${m} = ${m} * ${literal(2 ** 24)};
  ${k} = ${k} - 24.0;
}
${places.map((s) => `${down(m, s, 0, `${k} = ${k} + ${s}.0;`)}\n${up(m, s, 0, `${k} = ${k} - ${s}.0;`)}`).join("\n")}
if (${m} > ${literal(Math.SQRT2)}) {
  ${m} = ${m} * 0.5;
  ${k} = ${k} + 1.0;
}`;

/** Text that makes the variable `m`, from 2¹³ on, the whole number m·unit with 2²³ ≤ m < 2²⁴. */
export const takeUnit = (m: string, unit: string): string => {
  const scale = (s: number) => `${unit} = ${unit} * ${literal(2 ** s)};`;
  const downs = places.map((s) => down(m, s, 23, scale(s)));
  const ups = places.filter((s) => s < 16).map((s) => up(m, s, 23, scale(-s)));
  return [...downs, ...ups].join("\n");
};
