// Vectors of floating-point lanes: the arithmetic of f32x4 and f64x2 behind one set of names.
//
//   lanes("f32x4").mul(x, y) = op("f32x4.mul", x, y)
//
// An algorithm that is the same for both precisions is written once against these names and takes its coefficients
// from a table per shape. Called by every function of this folder.
import { type Expr, type Instruction, i32, op, type VectorShape } from "../wasm/index.ts";

export type FloatShape = "f32x4" | "f64x2";

type Unary = (x: Expr) => Expr;
type Binary = (x: Expr, y: Expr) => Expr;

/** The operations of one shape; comparisons give masks, all bits of a lane set or none. */
export interface Lanes {
  readonly shape: FloatShape;
  /** Bits of the stored significand: 23 or 52. */
  readonly fraction: number;
  /** The bias of the exponent: 127 or 1023. */
  readonly bias: number;
  readonly add: Binary;
  readonly sub: Binary;
  readonly mul: Binary;
  readonly div: Binary;
  readonly abs: Unary;
  readonly neg: Unary;
  readonly sqrt: Unary;
  readonly lt: Binary;
  readonly le: Binary;
  readonly gt: Binary;
  readonly eq: Binary;
  readonly ne: Binary;
  /** y < x ? y : x, so that a NaN in x stays. */
  readonly atMost: Binary;
  /** x < y ? y : x, so that a NaN in x stays. */
  readonly atLeast: Binary;
  readonly and: Binary;
  readonly or: Binary;
  readonly addBits: Binary;
  readonly subBits: Binary;
  readonly shiftLeft: (x: Expr, places: number) => Expr;
  /** Logical. */
  readonly shiftRight: (x: Expr, places: number) => Expr;
  /** x·y + z, with one rounding or two. */
  readonly mulAdd: (x: Expr, y: Expr, z: Expr) => Expr;
  /** A number in all lanes. */
  readonly constant: (value: number) => Expr;
  /** An integer in all lanes, as bits. */
  readonly bits: (value: number | bigint) => Expr;
  /** f64x2 with constants from the same place. */
  readonly doubles: Lanes;
}

/** Gives a number in all lanes of a shape: an immediate operand, or a load. */
export type Constants = (shape: VectorShape, value: number | bigint) => Expr;

/** The operations; `isRelaxed` where the host has the fused multiply-add of relaxed SIMD. */
export function makeLanes(shape: FloatShape, constants: Constants, isRelaxed: boolean): Lanes {
  const whole = shape === "f32x4" ? "i32x4" : "i64x2";
  const unary = (name: string) => (x: Expr) => op(`${shape}.${name}` as "f32x4.abs", x);
  const binary = (name: string) => (x: Expr, y: Expr) =>
    op(`${shape}.${name}` as "f32x4.add", x, y);
  const shift = (name: string) => (x: Expr, places: number) =>
    op(`${whole}.${name}` as "i32x4.shl", x, i32(places));
  const integer = (name: string) => (x: Expr, y: Expr) =>
    op(`${whole}.${name}` as Instruction, x, y);
  const add = binary("add");
  const mul = binary("mul");
  const own: Omit<Lanes, "doubles"> = {
    shape,
    fraction: shape === "f32x4" ? 23 : 52,
    bias: shape === "f32x4" ? 127 : 1023,
    add,
    sub: binary("sub"),
    mul,
    div: binary("div"),
    abs: unary("abs"),
    neg: unary("neg"),
    sqrt: unary("sqrt"),
    lt: binary("lt"),
    le: binary("le"),
    gt: binary("gt"),
    eq: binary("eq"),
    ne: binary("ne"),
    atMost: binary("pmin"),
    atLeast: binary("pmax"),
    and: (x, y) => op("v128.and", x, y),
    or: (x, y) => op("v128.or", x, y),
    addBits: integer("add"),
    subBits: integer("sub"),
    shiftLeft: shift("shl"),
    shiftRight: shift("shr_u"),
    mulAdd: isRelaxed
      ? (x, y, z) => op(`${shape}.relaxed_madd`, x, y, z)
      : (x, y, z) => add(mul(x, y), z),
    constant: (value) => constants(shape, value),
    bits: (value) => constants(whole, value),
  };
  if (shape === "f32x4") return { ...own, doubles: makeLanes("f64x2", constants, isRelaxed) };
  const doubles: Lanes = {
    ...own,
    get doubles() {
      return doubles;
    },
  };
  return doubles;
}

/** The bits of x where the mask is set, of y elsewhere. */
export const choose = (mask: Expr, x: Expr, y: Expr): Expr => op("v128.bitselect", x, y, mask);
