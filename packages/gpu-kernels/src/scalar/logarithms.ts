// The natural logarithm for kernels: log, log1p, and ln(1 + e) of softplus.
//
//   x = 2ᵏ (1 + f), √½ ≤ 1 + f < √2       ln x = k ln 2 + f − f²/2 + f³ Q(f)
//   log1p x: f = x itself near 0, so that no digit of x is lost in 1 + x
//   ln(1 + e) = 2 artanh s,  2s = e/(1 + e/2),  0 ≤ e ≤ 1
//
// Sources: Moshier, Cephes, logf.c (the form; Q is cpu-kernels' minimax fit); the series of artanh, whose argument is ≤ ⅓.
// Called by scalar/index.ts and, for softplus, by kernels/activation-text.ts.
import type { FunctionText } from "../template.ts";
import { functionText, literal } from "../template.ts";
import { takeExponent } from "./powers-of-two.ts";
import { largest, ofOne, polynomial } from "./scalar-text.ts";

/** artanh s/s in powers of s². */
const artanh = [
  1, 0.3333333333, 0.2, 0.1428571429, 0.1111111111, 0.0909090909, 0.0769230769, 0.0666666667,
];

/** log(1 + e) for e in [0, 1]. */
export const logOnePlus: FunctionText = functionText(
  "logOnePlus",
  ["e"],
  `
const twice = e / (1.0 + 0.5 * e);
const z = 0.25 * twice * twice;
return twice * ${polynomial("z", artanh)};`,
);

const q = [
  0.3333333134651184, -0.250008225440979, 0.20001260936260223, -0.16623349487781525,
  0.1420089304447174, -0.13156118988990784, 0.127491757273674, -0.0761837586760521,
];

/** Text that declares y = k ln 2 + ln(1 + f); k·0.69314575 is exact. */
const assembled = `
const square = f * f;
const half = 0.5 * square;
let y = k * 0.693145751953125 + (f - (half - (k * 0.000001428606765330187 + f * square * ${polynomial("f", q)})));`;

/**
 * Text for the ends of the range of ln u: NaN below 0, −∞ at 0 and what is taken for it, ∞ at ∞. A GPU has no literal ∞:
 * products overflow.
 */
const ends = (u: string): string => `
if (m < 0.5) { y = (m - 2.0) * Infinity; }
if (${u} < 0.0) { y = Math.sqrt(${u}); }
if (${u} > ${largest}) { y = ${u} * Infinity; }`;

/** Denormal x are numbers where the device has them, else 0. */
export const log: FunctionText = ofOne(
  "logOf",
  `
let m = x;
let k = 0.0;
${takeExponent("m", "k")}
const f = m - 1.0;
${assembled}
${ends("x")}
return y;`,
);

export const log1p: FunctionText = ofOne(
  "log1pOf",
  `
const u = 1.0 + x;
let m = u;
let k = 0.0;
${takeExponent("m", "k")}
let f = m - 1.0;
if (k === 0.0) { f = x; }
${assembled}
${ends("u")}
if (Math.abs(x) < ${literal(2 ** -25)}) { y = x; }
return y;`,
);
