// One scalar operation on vectors: a step of a program, as an expression.
//
//   step(add, f32)(x, y) = f32x4.add x y
//
// Called for every step of every fused kernel. NaN, ±0 and infinities come out as the interpreter has them:
// WebAssembly's max and nearest follow IEEE 754 as Math.max and the interpreter's round do.
import type { DType } from "@cotangent/autodiff";
import type { Expr } from "../wasm/index.ts";
import { type Instruction, op, v128 } from "../wasm/index.ts";
import { castValue } from "./casts.ts";
import type { KernelContext } from "./context.ts";
import { perLane } from "./per-lane.ts";
import { narrowMask, shapeOf, splatOf, type Value, wideMask } from "./vectors.ts";

const isFloat = (dtype: DType): boolean => dtype === "f64" || dtype === "f32";

/** Operations that are one instruction for floats. */
const floatInstructions: Readonly<Record<string, string>> = {
  add: "add",
  sub: "sub",
  mul: "mul",
  div: "div",
  neg: "neg",
  abs: "abs",
  sqrt: "sqrt",
  floor: "floor",
  ceil: "ceil",
  round: "nearest",
  maximum: "max",
};

const wholeInstructions: Readonly<Record<string, Instruction>> = {
  add: "i32x4.add",
  sub: "i32x4.sub",
  mul: "i32x4.mul",
  neg: "i32x4.neg",
};

const comparisons = { less: "lt", lessEqual: "le", equal: "eq", notEqual: "ne" } as const;
type Comparison = keyof typeof comparisons;

/** A mask whose lanes are as wide as those of the operands. */
function compare(name: Comparison, x: Value, y: Value): Value {
  const test = comparisons[name];
  const [a, b] = x.dtype === "bool" ? [narrowMask(x), narrowMask(y)] : [x.expr, y.expr];
  if (isFloat(x.dtype))
    return {
      dtype: "bool",
      expr: op(`${shapeOf(x.dtype) as "f32x4" | "f64x2"}.${test}`, a, b),
      isWide: x.dtype === "f64",
    };
  if (test === "eq" || test === "ne") return { dtype: "bool", expr: op(`i32x4.${test}`, a, b) };
  // A mask of ones is −1: true < false as signed numbers, so the operands change places.
  if (x.dtype === "bool") return { dtype: "bool", expr: op(`i32x4.${test}_s`, b, a) };
  const sign = x.dtype === "u32" ? "u" : "s";
  return { dtype: "bool", expr: op(`i32x4.${test}_${sign}`, a, b) };
}

/** ±1 with the sign of x, and x itself where it is 0 or NaN. */
function sign(dtype: DType, x: Expr): Expr {
  if (dtype === "u32") return op("i32x4.min_u", x, splatOf(dtype, 1));
  if (dtype === "i32")
    return op("i32x4.max_s", op("i32x4.min_s", x, splatOf(dtype, 1)), splatOf(dtype, -1));
  const shape = shapeOf(dtype) as "f32x4" | "f64x2";
  const signBit = splatOf(dtype, -0);
  const unit = op("v128.or", op("v128.and", x, signBit), splatOf(dtype, 1));
  const isNonZero = op(`${shape}.gt`, op(`${shape}.abs`, x), splatOf(dtype, 0));
  return op("v128.bitselect", unit, x, isNonZero);
}

function where(dtype: DType, condition: Value, x: Value, y: Value): Expr {
  if (dtype === "bool")
    return op("v128.bitselect", narrowMask(x), narrowMask(y), narrowMask(condition));
  const mask = dtype === "f64" ? wideMask(condition) : narrowMask(condition);
  return op("v128.bitselect", x.expr, y.expr, mask);
}

function maximum(dtype: DType, x: Value, y: Value): Expr {
  if (dtype === "bool") return op("v128.or", narrowMask(x), narrowMask(y));
  return op(dtype === "u32" ? "i32x4.max_u" : "i32x4.max_s", x.expr, y.expr);
}

/** How a function that is more than one instruction is written: called or inlined. */
export type VectorMath = (
  name: string,
  shape: "f32x4" | "f64x2",
  operands: readonly Expr[],
) => Expr;

/** The value of a step; `inputs` are the values it reads. Operands are used more than once: pass locals. */
export function stepValue(
  context: KernelContext,
  name: string,
  dtype: DType,
  inputs: readonly Value[],
  math: VectorMath,
): Value {
  const [x, y, z] = inputs as [Value, Value, Value];
  const made = (expr: Expr): Value => ({ dtype, expr });
  if (name in comparisons) return compare(name as Comparison, x, y);
  if (name === "stopGradient") return x;
  if (name === "astype") return castValue(context, x, dtype);
  if (name === "where") return made(where(dtype, x, y, z));
  if (name === "sign" && dtype !== "bool") return made(sign(dtype, x.expr));
  if (isFloat(dtype)) {
    const shape = shapeOf(dtype) as "f32x4" | "f64x2";
    const instruction = floatInstructions[name];
    const operands = inputs.map(({ expr }) => expr);
    return made(
      instruction
        ? op(`${shape}.${instruction}` as Instruction, ...operands)
        : math(name, shape, operands),
    );
  }
  if (name === "maximum") return made(maximum(dtype, x, y));
  if (dtype !== "bool") {
    const whole = wholeInstructions[name];
    if (whole) return made(op(whole, ...inputs.map(({ expr }) => expr)));
    if (["floor", "ceil", "round"].includes(name) || (name === "abs" && dtype === "u32")) return x;
    if (name === "abs") return made(op("i32x4.abs", x.expr));
    if (name === "shiftRight" || name === "mod")
      return made(perLane(context, name, dtype, x.expr, y.expr));
  }
  throw new TypeError(
    `compile: no code for ${name} on ${dtype}; expected an elementwise primitive of the engine (lowerings gives others)`,
  );
}

/** All lanes the same number. */
export const constantValue = (dtype: DType, x: number): Value => ({
  dtype,
  expr:
    dtype === "bool" ? v128("i32x4", Array<number>(4).fill(-Number(x !== 0))) : splatOf(dtype, x),
});
