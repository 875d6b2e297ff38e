// The vectors of one floating-point type: their instructions, and how parts of them are read and written.
//
//   f32: 4 lanes of 4 bytes    f64: 2 lanes of 8 bytes
//
// `madd` is a·b + c, rounded once where the host has relaxed SIMD and twice where it has not. All paths of one product
// use it alike, so an element does not depend on which tile computed it.

import { accessLane, type Expr, type Local, load, op, splat, store } from "../wasm/index.ts";

export type Float = "f32" | "f64";

export interface Arithmetic {
  readonly dtype: Float;
  readonly shape: "f32x4" | "f64x2";
  readonly lanes: 4 | 2;
  /** Bytes of an element. */
  readonly bytes: 4 | 8;
  readonly fused: boolean;
  /** Names the functions of this arithmetic. */
  readonly name: string;
  /** a·b + c */
  readonly madd: (a: Expr, b: Expr, c: Expr) => Expr;
  readonly add: (a: Expr, b: Expr) => Expr;
}

/** The arithmetic of a dtype, with multiply-add in one instruction if the host is known to have it. */
export function arithmetic(dtype: Float, relaxed: boolean): Arithmetic {
  const shape = dtype === "f32" ? "f32x4" : "f64x2";
  return {
    dtype,
    shape,
    lanes: dtype === "f32" ? 4 : 2,
    bytes: dtype === "f32" ? 4 : 8,
    fused: relaxed,
    name: `${dtype}${relaxed ? ".fused" : ""}`,
    madd: (a, b, c) =>
      relaxed
        ? op(`${shape}.relaxed_madd`, a, b, c)
        : op(`${shape}.add`, c, op(`${shape}.mul`, a, b)),
    add: (a, b) => op(`${shape}.add`, a, b),
  };
}

/** One element in all lanes. */
export function loadSplat({ bytes }: Arithmetic, address: Expr, offset = 0): Expr {
  return load(bytes === 4 ? "v128.load32_splat" : "v128.load64_splat", address, { offset });
}

/** The next `count` elements, the other lanes zero. Reads nothing behind them. */
export function loadPart(
  { bytes, lanes }: Arithmetic,
  address: Expr,
  offset: number,
  count: number,
): Expr {
  if (count >= lanes) return load("v128.load", address, { offset, align: bytes });
  if (bytes === 8) return load("v128.load64_zero", address, { offset });
  if (count === 1) return load("v128.load32_zero", address, { offset });
  const two = load("v128.load64_zero", address, { offset, align: bytes });
  return count === 2
    ? two
    : accessLane("v128.load32_lane", 2, address, two, { offset: offset + 8 });
}

/** Writes the first `count` lanes, and nothing behind them. */
export function storePart(
  { bytes, lanes }: Arithmetic,
  address: Expr,
  value: Local,
  offset: number,
  count: number,
): Expr[] {
  if (count >= lanes) return [store("v128.store", address, value, { offset, align: bytes })];
  if (bytes === 8) return [accessLane("v128.store64_lane", 0, address, value, { offset })];
  if (count === 1) return [accessLane("v128.store32_lane", 0, address, value, { offset })];
  const two = accessLane("v128.store64_lane", 0, address, value, { offset, align: bytes });
  if (count === 2) return [two];
  return [two, accessLane("v128.store32_lane", 2, address, value, { offset: offset + 8 })];
}

/** One element in one lane, the others zero. */
export function loadLane(v: Arithmetic, address: Expr, lane: number, offset = 0): Expr {
  const name = v.bytes === 4 ? "v128.load32_lane" : "v128.load64_lane";
  return accessLane(name, lane, address, zeros(v), { offset });
}

/** The element of one lane to memory. */
export function storeLane(
  { bytes }: Arithmetic,
  address: Expr,
  value: Expr,
  lane: number,
  offset = 0,
): Expr {
  const name = bytes === 4 ? "v128.store32_lane" : "v128.store64_lane";
  return accessLane(name, lane, address, value, { offset });
}

export const zeros = ({ shape }: Arithmetic): Expr => splat(shape, 0);
