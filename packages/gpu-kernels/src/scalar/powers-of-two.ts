// Exact products with powers of two, from comparisons alone: kernels cannot see a number's bits, and
// the shading languages' exp2 and log2 may err by a few ulp even at whole numbers.
//
//   y ← y·2ⁿ         a product for each binary digit of n
//   m·2ᵏ = m, k      a comparison for each binary digit of k, with 1 ≤ m < 2
//
// Called by every function that takes a number's exponent apart or puts one on.
import { literal } from "../template.ts";

/**
 * Text that multiplies the variable `y` by 2ⁿ, n whole and −255 ≤ n ≤ 128: exactly, or rounded once where
 * the result is denormal. `n`: an expression; in scope afterwards: places, power, half.
 */
export const timesPowerOfTwo = (y: string, n: string): string => `
let places = ${n};
let power = 2.0;
if (places < 0.0) {
  places = -places;
  power = 0.5;
} else if (places > 127.5) {
  ${y} = ${y} * 2.0;
  places = places - 1.0;
}
for (let i = 0; i < 8; i++) {
  const half = Math.floor(places * 0.5);
  if (places - 2.0 * half > 0.5) { ${y} = ${y} * power; }
  places = half;
  power = power * power;
}`;

/** Text: where `m` ≥ 2^(least + s), m ← m·2⁻ˢ and `count`. From s = 64 down to 1 this leaves m < 2^(least + 1). */
const down = (m: string, s: number, least: number, count: string): string =>
  `if (${m} >= ${literal(2 ** (least + s))}) { ${m} = ${m} * ${literal(2 ** -s)}; ${count} }`;

/** Text: where `m` < 2^(least + 1 − s), m ← m·2ˢ and `count`. This leaves m ≥ 2^least. */
const up = (m: string, s: number, least: number, count: string): string =>
  `if (${m} < ${literal(2 ** (least + 1 - s))}) { ${m} = ${m} * ${literal(2 ** s)}; ${count} }`;

const places = [64, 32, 16, 8, 4, 2, 1];

/**
 * Text that takes 2ᵏ out of the variable `m`: m·2ᵏ is the number that it was, √½ ≤ m < √2 if it was positive and
 * finite. Denormal numbers count where the device has them; what is below 2⁻¹⁵⁰ stays below √½.
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
