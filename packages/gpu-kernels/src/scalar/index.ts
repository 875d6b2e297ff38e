// Every operation of scalar code as kernel text: the table that compile/ writes fused kernels from.
//
//   scalarText("tanh", ["f32"], "f32") = { functions: [tanhOf and what it calls], expression("v1") = "tanhOf(v1)" }
//
// |error| ≤ 3u (|f| + Σ|xᵢ ∂f/∂xᵢ|) and ≤ 6u |f|, u = 2⁻²⁴, where f32 is IEEE 754's; 8u and 13u where division errs by 2.5 ulp
// and √ by 4.5, as WGSL allows. A GPU may take denormal numbers for 0. NaN in, NaN out; infinities, zeros and their signs
// as in the engine. The names are those of graph-passes' scalarOps.
import type { DType } from "@cotangent/autodiff";
import { activationText } from "../kernels/activation-text.ts";
import { conversion, shiftRight } from "./conversions.ts";
import { erf, erfc } from "./error-function.ts";
import { exponential } from "./exponential.ts";
import { cosh, expm1, sech2, sinh } from "./exponentials.ts";
import { acos, asin, atan, atan2 } from "./inverse-trigonometry.ts";
import { log, log1p } from "./logarithms.ts";
import { pow } from "./power.ts";
import { mod } from "./remainder.ts";
import { round, sign } from "./rounding.ts";
import { calling, inline, type ScalarText } from "./scalar-text.ts";
import { cos, sin, tan } from "./trigonometry.ts";

export type { ScalarText } from "./scalar-text.ts";

/** The operations that have a text: those of graph-passes' scalarOps. */
export type ScalarOperation =
  | "abs"
  | "acos"
  | "add"
  | "asin"
  | "astype"
  | "atan"
  | "atan2"
  | "ceil"
  | "cos"
  | "cosh"
  | "div"
  | "equal"
  | "erf"
  | "erfc"
  | "exp"
  | "expm1"
  | "floor"
  | "less"
  | "lessEqual"
  | "log"
  | "log1p"
  | "maximum"
  | "mod"
  | "mul"
  | "neg"
  | "notEqual"
  | "pow"
  | "round"
  | "sech2"
  | "shiftRight"
  | "sigmoid"
  | "sign"
  | "sin"
  | "sinh"
  | "softplus"
  | "sqrt"
  | "sub"
  | "tan"
  | "tanh"
  | "where";

/** A text, or what gives it for the dtypes of the operands and of the result. */
type Rule = ScalarText | ((inputs: readonly DType[], dtype: DType) => ScalarText);

/** 1 where the condition holds, else 0; comparisons with NaN are false. */
const test = (operator: string): ScalarText =>
  inline((x, y) => `(${x} ${operator} ${y} ? 1.0 : 0.0)`);

/** WGSL divides to 2.5 ulp where the divisor is within 2^±126: beyond, its reciprocal is denormal. */
const quotient = (x: string, y: string): string =>
  Math.abs(Number(y)) <= 4e37
    ? `(${x} / ${y})`
    : `(Math.abs(${y}) > 4e37 ? (${x} * 0.0625) / (${y} * 0.0625) : ${x} / ${y})`;

/** The sum is NaN if either is, and the larger zero of two. */
const larger = (x: string, y: string): string =>
  `(${x} > ${y} ? ${x} : (${y} > ${x} ? ${y} : (${x} === ${y} ? (${x} === 0.0 ? ${x} + ${y} : ${x}) : ${x} + ${y})))`;

const operations: Readonly<Record<ScalarOperation, Rule>> = {
  abs: inline((x) => `Math.abs(${x})`),
  acos: calling(acos),
  add: inline((x, y) => `(${x} + ${y})`),
  asin: calling(asin),
  astype: conversion,
  atan: calling(atan),
  atan2: calling(atan2),
  ceil: inline((x) => `Math.ceil(${x})`),
  cos: calling(cos),
  cosh: calling(cosh),
  div: inline(quotient),
  equal: test("==="),
  erf: calling(erf),
  erfc: calling(erfc),
  exp: calling(exponential),
  expm1: calling(expm1),
  floor: inline((x) => `Math.floor(${x})`),
  less: test("<"),
  lessEqual: test("<="),
  log: calling(log),
  log1p: calling(log1p),
  maximum: inline(larger),
  mod: calling(mod),
  mul: inline((x, y) => `(${x} * ${y})`),
  neg: inline((x) => `(-(${x}))`),
  notEqual: inline((x, y) => `(${x} === ${y} ? 0.0 : 1.0)`),
  pow: calling(pow),
  round: calling(round),
  sech2: calling(sech2),
  shiftRight: calling(shiftRight),
  sigmoid: calling(activationText("sigmoid", 0)),
  sign: calling(sign),
  sin: calling(sin),
  sinh: calling(sinh),
  softplus: calling(activationText("softplus", 0)),
  sqrt: inline((x) => `Math.sqrt(${x})`),
  sub: inline((x, y) => `(${x} - ${y})`),
  tan: calling(tan),
  tanh: calling(activationText("tanh", 0)),
  where: inline((c, x, y) => `(${c} === 0.0 ? ${y} : ${x})`),
};

export const scalarOperations: readonly ScalarOperation[] = Object.keys(
  operations,
) as ScalarOperation[];

/**
 * The text of one step of scalar code. inputs: the dtypes of its operands; dtype: that of its result.
 *
 * Throws a TypeError naming an operation that it does not know.
 */
export function scalarText(op: string, inputs: readonly DType[], dtype: DType): ScalarText {
  if (!Object.hasOwn(operations, op))
    throw new TypeError(
      `scalarText: no kernel text for ${op}; expected one of ${scalarOperations.join(", ")}`,
    );
  const found = operations[op as ScalarOperation];
  return typeof found === "function" ? found(inputs, dtype) : found;
}
