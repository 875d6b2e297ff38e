// atan, atan2, asin and acos.
//
//   atan(n/d), 0 ≤ n ≤ d:   t = n/d, or t = (n − d)/(n + d) and ¼π more above tan ⅛π;   atan t = t + t³ A(t²)
//   asin s = s + s³ S(s²) for s ≤ ½, else ½π − 2 asin √½(1 − s)
//
// What lies beyond is reached by reflections about ¼π, ½π and π, whose constants are sums of two numbers.
// Sources: Cody & Waite 1980, chapters 10 and 11; fdlibm for the second formula; the fits are cpu-kernels'.
import { type FunctionText, functionText } from "../template.ts";
import { linearNearZero } from "./exponentials.ts";
import { largest, ofOne, polynomial } from "./scalar-text.ts";

/** (atan t − t)/t³ in powers of t², |t| ≤ tan ⅛π. */
const arctangent = [
  -0.3333294689655304, 0.19977614283561707, -0.13876551389694214, 0.08049803972244263,
];
/** (asin s − s)/s³ in powers of s², |s| ≤ ½. */
const arcsine = [
  0.16666752099990845, 0.07495306432247162, 0.045469772070646286, 0.02418077364563942,
  0.04216641187667847,
];

/** ½π − y, π − y and ¼π + y as text. */
const fromHalfPi = (y: string) => `1.5707963705062866 - (${y} + 4.371138828673793e-8)`;
const fromPi = (y: string) => `3.1415927410125732 - (${y} + 8.742277657347586e-8)`;
const afterQuarterPi = (y: string) => `0.7853981852531433 + (${y} - 2.1855694143368964e-8)`;

/** Text that declares `y`, the angle in [0, ¼π] whose tangent is n/d, for 0 ≤ n ≤ d ≠ 0 with a finite sum. */
const octant = `
let above = n;
let below = d;
let isUpper = 0.0;
if (n > d * 0.41421356) {
  above = n - d;
  below = n + d;
  isUpper = 1.0;
}
const t = above / below;
const z = t * t;
let y = t + t * z * ${polynomial("z", arctangent)};
if (isUpper > 0.5) { y = ${afterQuarterPi("y")}; }`;

export const atan: FunctionText = ofOne(
  "atanOf",
  `
const size = Math.abs(x);
let n = size;
let d = 1.0;
if (size > 1.0) {
  n = 1.0;
  d = size;
}
${octant}
if (size > 1.0) { y = ${fromHalfPi("y")}; }
if (x < 0.0) { y = -y; }
${linearNearZero}
return y;`,
);

/** Text that sets the variable `flag` to 1 where v is negative, −0 included. */
const setIfNegative = (flag: string, v: string): string => `
if (${v} < 0.0) { ${flag} = 1.0; }
if (${v} === 0.0) {
  if (1.0 / ${v} < 0.0) { ${flag} = 1.0; }
}`;

/** The angle of the point (x, y), as Math.atan2(y, x) has it for zeros and infinities too. */
export const atan2: FunctionText = functionText(
  "atan2Of",
  ["ordinate", "abscissa"],
  `
const a = Math.abs(ordinate);
const b = Math.abs(abscissa);
let n = a;
let d = b;
if (a > b) {
  n = b;
  d = a;
}
if (d > 42535295865117308000000000000000000000.0) {
  n = n * 0.125;
  d = d * 0.125;
}
if (d === 0.0) { d = 1.0; }
if (n > ${largest}) {
  if (d > ${largest}) {
    n = 1.0;
    d = 1.0;
  }
}
${octant}
if (a > b) { y = ${fromHalfPi("y")}; }
let isLeft = 0.0;
let isBelow = 0.0;
${setIfNegative("isLeft", "abscissa")}
${setIfNegative("isBelow", "ordinate")}
if (isLeft > 0.5) { y = ${fromPi("y")}; }
if (isBelow > 0.5) { y = -y; }
return y;`,
);

/** Text that declares p = asin s for s = min(|x|, √½(1 − |x|)); NaN beyond ±1. */
const sineInverse = `
const size = Math.abs(x);
let s = size;
let z = size * size;
if (size > 0.5) {
  z = 0.5 * (1.0 - size);
  s = Math.sqrt(z);
}
const p = s + s * z * ${polynomial("z", arcsine)};`;

export const asin: FunctionText = ofOne(
  "asinOf",
  `
${sineInverse}
let y = p;
if (size > 0.5) { y = ${fromHalfPi("2.0 * p")}; }
if (x < 0.0) { y = -y; }
${linearNearZero}
return y;`,
);

export const acos: FunctionText = ofOne(
  "acosOf",
  `
${sineInverse}
let y = 2.0 * p;
if (size > 0.5) {
  if (x < 0.0) { y = ${fromPi("2.0 * p")}; }
} else {
  let signed = p;
  if (x < 0.0) { signed = -p; }
  y = ${fromHalfPi("signed")};
}
return y;`,
);
