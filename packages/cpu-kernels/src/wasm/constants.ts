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

function bytesOf(
  shape: "f32" | "f64" | VectorShape,
  values: readonly (number | bigint)[],
): number[] {
  const [type, width] = [shape.slice(0, 3), shape.slice(1, 3) === "32" ? 4 : 8] as const;
  const view = new DataView(new ArrayBuffer(width * values.length));
  values.forEach((value, i) => {
    if (type === "f32") view.setFloat32(i * 4, Number(value), true);
    else if (type === "f64") view.setFloat64(i * 8, Number(value), true);
    else if (type === "i32") view.setInt32(i * 4, Number(integer("i32", value)), true);
    else view.setBigInt64(i * 8, integer("i64", value), true);
  });
  return [...new Uint8Array(view.buffer)];
}

/** A number as the text format spells it. */
function spell(type: string, value: number | bigint): string {
  const x = type === "f32" ? Math.fround(Number(value)) : value;
  if (typeof x === "bigint") return String(x);
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  return Object.is(x, -0) ? "-0" : String(x);
}

/** A 32-bit integer, signed or unsigned. */
export function i32(value: number): Expr {
  const n = value === (value | 0) ? value : Number(integer("i32", value));
  return constant("i32", [0x41, ...signed(n)], `i32.const ${n}`);
}

/** A 64-bit integer, signed or unsigned. */
export function i64(value: number | bigint): Expr {
  const n = integer("i64", value);
  return constant("i64", [0x42, ...signed(n)], `i64.const ${n}`);
}

/** The number rounded to single precision. */
export function f32(value: number): Expr {
  return constant("f32", [0x43, ...bytesOf("f32", [value])], `f32.const ${spell("f32", value)}`);
}

export function f64(value: number): Expr {
  return constant("f64", [0x44, ...bytesOf("f64", [value])], `f64.const ${spell("f64", value)}`);
}

/** A constant vector: `v128("f32x4", [1, 2, 3, 4])`. */
export function v128(shape: VectorShape, values: readonly (number | bigint)[]): Expr {
  const lanes = Number(shape[4]);
  if (values.length !== lanes)
    throw new RangeError(`v128.const ${shape}: expected ${lanes} values, got ${values.length}`);
  const text = values.map((value) => spell(shape.slice(0, 3), value)).join(" ");
  return constant("v128", [0xfd, 12, ...bytesOf(shape, values)], `v128.const ${shape} ${text}`);
}

/** One value in all lanes: a number becomes a constant, an expression a splat instruction. */
export function splat(shape: VectorShape, value: number | bigint | Expr): Expr {
  if (typeof value === "object") return op(`${shape}.splat`, value);
  return v128(shape, Array<number | bigint>(Number(shape[4])).fill(value));
}

/** The 16 bytes chosen from those of `a` (0 to 15) and `b` (16 to 31). */
export function shuffle(bytes: readonly number[], a: Expr, b: Expr): Expr {
  if (bytes.length !== 16 || bytes.some((n) => !Number.isInteger(n) || n < 0 || n > 31))
    throw new RangeError(
      `i8x16.shuffle: expected 16 integers in [0, 32), got [${bytes.join(", ")}]`,
    );
  for (const { type } of [a, b])
    if (type !== "v128")
      throw new TypeError(`i8x16.shuffle: expected operands (v128, v128), got ${type}`);
  const text = `i8x16.shuffle ${bytes.join(" ")}`;
  return { kind: "plain", type: "v128", code: [0xfd, 13, ...bytes], text, operands: [a, b] };
}

/** Chooses whole lanes: `shuffleLanes("f32x4", [0, 4, 1, 5], a, b)`, where 4 is the first lane of `b`. */
export function shuffleLanes(shape: VectorShape, lanes: readonly number[], a: Expr, b: Expr): Expr {
  const width = 16 / Number(shape[4]);
  const bytes = lanes.flatMap((n) => Array.from({ length: width }, (_, i) => n * width + i));
  return shuffle(bytes, a, b);
}
