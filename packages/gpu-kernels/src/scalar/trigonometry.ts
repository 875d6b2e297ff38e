// sin, cos and tan, for every angle that f32 holds.
//
//   x = q ½π + r        sin x is ± sin r or ± cos r, by q mod 4;   cos x = sin(x + ½π);   tan = sin/cos
//   sin r = r + r³ S(r²),   cos r = 1 − r²/2 + r⁴ C(r²)
//
// The forms are those of Cephes' sinf.c (Moshier), the fits those of cpu-kernels; q and r come from angle.ts. NaN at ±∞.
import type { FunctionText } from "../template.ts";
import { angle, farAngle } from "./angle.ts";
import { linearNearZero } from "./exponentials.ts";
import { largest, ofOne, polynomial } from "./scalar-text.ts";

/** (sin r − r)/r³ and (cos r − 1 + r²/2)/r⁴ in powers of r², |r| ≤ ¼π. */
const sineTail = [-0.16666653752326965, 0.008332106284797192, -0.00019507887191139162];
const cosineTail = [0.04166664555668831, -0.0013887302484363317, 2.4430977646261454e-5];

const sine = `r + r * z * ${polynomial("z", sineTail)}`;
const cosine = `1.0 - 0.5 * z + z * z * ${polynomial("z", cosineTail)}`;

/** Text for y = the sine in quadrant q, which is 0 to 4. */
const byQuadrant = `
let y = ${sine};
if (q - 2.0 * Math.floor(q * 0.5) > 0.5) { y = ${cosine}; }
if (q > 1.5) {
  if (q < 3.5) { y = -y; }
}
if (Math.abs(x) > ${largest}) { y = Math.sqrt(-Math.abs(x)); }`;

export const sin: FunctionText = ofOne(
  "sinOf",
  `${angle}\n${byQuadrant}\n${linearNearZero}\nreturn y;`,
  farAngle,
);

export const cos: FunctionText = ofOne(
  "cosOf",
  `${angle}\nq = q + 1.0;\n${byQuadrant}\nreturn y;`,
  farAngle,
);

/** sin/cos, or −cos/sin in the odd quadrants. */
export const tan: FunctionText = ofOne(
  "tanOf",
  `
${angle}
const s = ${sine};
const c = ${cosine};
let y = s / c;
if (q - 2.0 * Math.floor(q * 0.5) > 0.5) { y = -c / s; }
if (Math.abs(x) > ${largest}) { y = Math.sqrt(-Math.abs(x)); }
${linearNearZero}
return y;`,
  farAngle,
);
