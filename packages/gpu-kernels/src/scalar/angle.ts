// Angles by quadrants: the first half of sin, cos and tan.
//
//   x = q ½π + r,  |r| ≤ ¼π
//
// |x| ≤ 8192: q ½π is subtracted in parts of 11 bits, whose products with q are exact (Cody & Waite 1980, chapter 8).
// Farther out: x = m·unit with m whole of 24 bits, in two halves; 2/π in 16 pieces of 12 bits; the product of a half and a
// piece is exact, and so is what multiples of 4 leave of it. Their sum is the angle in quarter turns, mod 4, with an
// absolute error near 2⁻⁴⁰ for every x (Payne & Hanek 1983, with f32 for integers).
import { type FunctionText, functionText, literal } from "../template.ts";
import { takeUnit } from "./powers-of-two.ts";

const twoOverPi = [
  2607, 2435, 1764, 3652, 338, 2556, 629, 2001, 3923, 1245, 3085, 2914, 2393, 2364, 1081, 65,
];
const halfPi = [1.5703125, 0.00048351287841796875, 3.1385570764541626e-7, 6.07710062827671e-11];

/** Adds half·piece·unit to `coarse`, what is a multiple of 2⁻²⁰, mod 4, and to `fine`. */
const addProduct = (half: string, piece: number, unit: string): string => `
term = ${half} * ${piece}.0 * ${unit};
head = Math.floor(term * 1048576.0) * ${literal(2 ** -20)};
fine = fine + (term - head);
coarse = coarse + (head - 4.0 * Math.floor(head * 0.25));`;

/** Of |x| ≥ 2¹³: the quadrant 0 … 4 (part 0), or r (part 1). Where the unit is 2¹⁴ or more, pieces make whole turns. */
export const farAngle: FunctionText = functionText(
  "farAngle",
  ["x", "part"],
  `
let m = Math.abs(x);
let unit = 1.0;
${takeUnit("m", "unit")}
const upper = Math.floor(m * ${literal(2 ** -12)});
const lower = m - 4096.0 * upper;
let coarse = 0.0;
let fine = 0.0;
let term = 0.0;
let head = 0.0;
${twoOverPi
  .map(
    (piece) => `if (unit < 16384.0) {${addProduct("upper", piece, "unit")}
${addProduct("lower", piece, `unit * ${literal(2 ** -12)}`)}
coarse = coarse - 4.0 * Math.floor(coarse * 0.25);
}
unit = unit * ${literal(2 ** -12)};`,
  )
  .join("\n")}
let q = Math.floor(coarse + 0.5);
let r = 1.5707963267948966 * (coarse - q + fine);
if (x < 0.0) {
  q = 4.0 - q;
  r = -r;
}
if (part > 0.5) { q = r; }
return q;`,
);

/** Text that declares q, 0 to 3, and r, for the argument x. */
export const angle: string = `
let q = Math.floor(x * 0.6366197723675814 + 0.5);
let r = x - q * ${literal(halfPi[0]!)};
${halfPi
  .slice(1)
  .map((part) => `r = r - q * ${literal(part)};`)
  .join("\n")}
if (Math.abs(x) > 8192.0) {
  q = farAngle(x, 0.0);
  r = farAngle(x, 1.0);
}
q = q - 4.0 * Math.floor(q * 0.25);
const z = r * r;`;
