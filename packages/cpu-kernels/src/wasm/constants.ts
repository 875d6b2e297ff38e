// Constants, splats and shuffles.

import { op } from "./expr.ts";
import type { ValueType } from "./instructions.ts";
import { signed } from "./leb128.ts";
import type { Expr, Plain } from "./nodes.ts";

export type VectorShape = "i32x4" | "i64x2" | "f32x4" | "f64x2";

function constant(type: ValueType, code: readonly number[], text: string): Plain {
  return { kind: "plain", type, code, text, operands: [] };
}

function integer(type: "i32" | "i64", value: number | bigint): bigint {
  const bits = type === "i32" ? 32n : 64n;
  const n = typeof value === "bigint" || Number.isInteger(value) ? BigInt(value) : undefined;
  if (n === undefined || n < -(1n << (bits - 1n)) || n >= 1n << bits)
    throw new RangeError(`${type}.const: expected an integer of ${bits} bits, got ${value}`);
  return BigInt.asIntN(Number(bits), n);
}

/** A vector's bytes while they are written. */
const view = new DataView(new ArrayBuffer(16));

/** The bytes of numbers, behind those of `code`. */
function withNumbers(
  code: number[],
  shape: "f32" | "f64" | VectorShape,
  values: readonly (number | bigint)[],
): number[] {
  const type = shape.slice(0, 3);
  const width = shape.slice(1, 3) === "32" ? 4 : 8;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (type === "f32") view.setFloat32(i * 4, Number(value), true);
    else if (type === "f64") view.setFloat64(i * 8, Number(value), true);
    else if (type === "i32") view.setInt32(i * 4, Number(integer("i32", value)), true);
    else view.setBigInt64(i * 8, integer("i64", value), true);
  }
  for (let at = 0; at < width * values.length; at++) code.push(view.getUint8(at));
  return code;
}

/** A number as the text format spells it. */
function spell(type: string, value: number | bigint): string {
  const x = type === "f32" ? Math.fround(Number(value)) : value;
  if (typeof x === "bigint") return String(x);
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  return Object.is(x, -0) ? "-0" : String(x);
}

/** Strides, sizes and counts come back again and again: nodes are values, so those of small numbers are made once. */
const small = new Map<number, Expr>();

/** A 32-bit integer, signed or unsigned. */
export function i32(value: number): Expr {
  const known = small.get(value);
  if (known) return known;
  const n = value === (value | 0) ? value : Number(integer("i32", value));
  const made = constant("i32", signed(n, [0x41]), `i32.const ${n}`);
  if (n > -1024 && n < 1024) small.set(n, made);
  return made;
}

/** A 64-bit integer, signed or unsigned. */
export function i64(value: number | bigint): Expr {
  const n = integer("i64", value);
  return constant("i64", signed(n, [0x42]), `i64.const ${n}`);
}

/** The number rounded to single precision. */
export function f32(value: number): Expr {
  return constant("f32", withNumbers([0x43], "f32", [value]), `f32.const ${spell("f32", value)}`);
}

export function f64(value: number): Expr {
  return constant("f64", withNumbers([0x44], "f64", [value]), `f64.const ${spell("f64", value)}`);
}

/** A constant vector: `v128("f32x4", [1, 2, 3, 4])`. */
export function v128(shape: VectorShape, values: readonly (number | bigint)[]): Expr {
  const lanes = Number(shape[4]);
  if (values.length !== lanes)
    throw new RangeError(`v128.const ${shape}: expected ${lanes} values, got ${values.length}`);
  const type = shape.slice(0, 3);
  let text = spell(type, values[0]!);
  for (let i = 1; i < lanes; i++) text += ` ${spell(type, values[i]!)}`;
  return constant("v128", withNumbers([0xfd, 12], shape, values), `v128.const ${shape} ${text}`);
}

/** One value in all lanes: a number becomes a constant, an expression a splat instruction. */
export function splat(shape: VectorShape, value: number | bigint | Expr): Expr {
  if (typeof value === "object") return op(`${shape}.splat`, value);
  return v128(shape, Array<number | bigint>(Number(shape[4])).fill(value));
}

const isByteNumber = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < 32;

/** The 16 bytes chosen from those of `a` (0 to 15) and `b` (16 to 31). */
export function shuffle(bytes: readonly number[], a: Expr, b: Expr): Expr {
  if (bytes.length !== 16 || !bytes.every(isByteNumber))
    throw new RangeError(
      `i8x16.shuffle: expected 16 integers in [0, 32), got [${bytes.join(", ")}]`,
    );
  const { type } = a.type === "v128" ? b : a;
  if (type !== "v128")
    throw new TypeError(`i8x16.shuffle: expected operands (v128, v128), got ${type}`);
  const text = `i8x16.shuffle ${bytes.join(" ")}`;
  const code = [0xfd, 13].concat(bytes);
  return { kind: "plain", type: "v128", code, text, operands: [a, b] };
}

/** Chooses whole lanes: `shuffleLanes("f32x4", [0, 4, 1, 5], a, b)`, where 4 is the first lane of `b`. */
export function shuffleLanes(shape: VectorShape, lanes: readonly number[], a: Expr, b: Expr): Expr {
  const width = 16 / Number(shape[4]);
  const bytes: number[] = [];
  for (let k = 0; k < lanes.length; k++)
    for (let i = 0; i < width; i++) bytes.push(lanes[k]! * width + i);
  return shuffle(bytes, a, b);
}
