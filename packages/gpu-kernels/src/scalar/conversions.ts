// astype, and the shift of whole numbers.
//
//   to bool: x ≠ 0;   to i32 and u32: x without its fraction, modulo 2³², 0 for NaN and ±∞;   else the number itself
//   x >>> s = ⌊x/2^(s mod 32)⌋
//
// Integers are exact below 2²⁴; larger ones do not reach a device (compile/ computes them on the host).
import type { DType } from "@cotangent/autodiff";
import { type FunctionText, functionText, literal } from "../template.ts";
import { timesPowerOfTwo } from "./powers-of-two.ts";
import { calling, inline, largest, ofOne, type ScalarText } from "./scalar-text.ts";

/** The whole part of x modulo 2³², from `least` on. */
const whole = (name: string, least: number): FunctionText =>
  ofOne(
    name,
    `
let y = Math.floor(Math.abs(x));
if (x < 0.0) { y = -y; }
y = y - 4294967296.0 * Math.floor((y - ${literal(least)}) * ${literal(2 ** -32)});
let isNumber = 0.0;
if (Math.abs(x) <= ${largest}) { isNumber = 1.0; }
if (isNumber < 0.5) { y = 0.0; }
return y;`,
  );

const toI32 = whole("toI32", -(2 ** 31));
const toU32 = whole("toU32", 0);
const toBool = inline((x) => `(${x} === 0.0 ? 0.0 : 1.0)`);
const same = inline((x) => `${x}`);

/** Conversion from one dtype to another. */
export function conversion([from]: readonly DType[], to: DType): ScalarText {
  if (from === "bool" || from === to) return same;
  if (to === "bool") return toBool;
  if (to === "i32") return calling(toI32);
  if (to === "u32") return calling(toU32);
  return same;
}

export const shiftRight: FunctionText = functionText(
  "shiftRightOf",
  ["x", "count"],
  `
const shift = count - 32.0 * Math.floor(count * 0.03125);
let y = x;
${timesPowerOfTwo("y", "-shift")}
return Math.floor(y);`,
);
