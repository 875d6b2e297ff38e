// How a vector of elements lies in a v128, and how it is read and written.
//
//   4 lanes   f32, i32, u32: one element a lane       bool: a mask, all bits of the lane set or none
//   2 lanes   f64: one element a lane                 f32, i32, u32, bool: in the two low lanes of four
//
// A kernel has 2 lanes when it touches f64. Lanes lie `stride` bytes apart in memory: 0 repeats one element,
// the element's size is a plain load, anything else gathers. Only `active` lanes are read or written,
// so that the last part of a row never touches what lies behind it.
import type { DType } from "@cotangent/autodiff";
import { accessLane, type Expr, i32, lane, load, op, shuffle, store, v128 } from "../wasm/index.ts";

export type Lanes = 2 | 4;

const sizes = { f64: 8, f32: 4, i32: 4, u32: 4, bool: 1 } as const;
/** Bytes of one element. */
export const bytesPer = (dtype: DType): number => sizes[dtype];

/** Where the lanes of a vector lie: lane k at `pointer + offset + k·stride`, in bytes. */
export interface Slot {
  readonly pointer: Expr;
  readonly offset: number;
  readonly stride: number;
}

export const zero: Expr = v128("i32x4", [0, 0, 0, 0]);
const ones: Expr = v128("i32x4", Array<number>(4).fill(0x01010101));
// Byte k of the low four in all bytes of lane k, and back.
const spread = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3];
const lowBytes = [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12];

type Bits = 8 | 16 | 32 | 64;
/** A piece of a vector that one instruction moves: lane `index` of lanes that are `bits` wide. */
interface Piece {
  readonly bits: Bits;
  readonly index: number;
  /** Bytes from the vector's first element. */
  readonly at: number;
}

function piecesOf(size: number, stride: number, active: number): Piece[] {
  if (stride !== size)
    return Array.from({ length: active }, (_, index) => ({
      bits: (8 * size) as Bits,
      index,
      at: index * stride,
    }));
  const list: Piece[] = [];
  let at = 0;
  for (const bits of [64, 32, 16, 8] as const)
    for (; active * size - at >= bits / 8; at += bits / 8)
      list.push({ bits, index: (at * 8) / bits, at });
  return list;
}

/** Where `at` bytes from a slot lie. The offset of an instruction is never negative; far steps backwards may be. */
function placeAt({ pointer, offset }: Slot, at: number): { pointer: Expr; offset: number } {
  const sum = offset + at;
  return sum >= 0
    ? { pointer, offset: sum }
    : { pointer: op("i32.add", pointer, i32(sum)), offset: 0 };
}

/** `onto` with one piece replaced; the first piece of a vector clears the rest. */
function loadPiece(onto: Expr | null, slot: Slot, { bits, index, at }: Piece): Expr {
  const { pointer, offset } = placeAt(slot, at);
  const access = { offset, align: 1 };
  if (onto === null && (bits === 32 || bits === 64))
    return load(`v128.load${bits}_zero`, pointer, access);
  return accessLane(`v128.load${bits}_lane`, index, pointer, onto ?? zero, access);
}

const maskOf = (bytes: Expr): Expr => op("i8x16.sub", zero, bytes);

/** A vector of `dtype`. Inactive lanes hold zeros, or the element again where all lanes share it. */
export function loadVector(dtype: DType, slot: Slot, active: number): Expr {
  const size = sizes[dtype];
  const { pointer, offset, stride } = slot;
  if (stride === 0) {
    const value = load(`v128.load${(8 * size) as 8 | 32 | 64}_splat`, pointer, {
      offset,
      align: 1,
    });
    return dtype === "bool" ? maskOf(value) : value;
  }
  if (stride === size && size * active === 16)
    return load("v128.load", pointer, { offset, align: 1 });
  const pieces = piecesOf(size, stride, active);
  const value = pieces.reduce<Expr | null>((onto, piece) => loadPiece(onto, slot, piece), null)!;
  return dtype === "bool" ? maskOf(shuffle(spread, value, value)) : value;
}

/** Writes the active lanes of a vector; a bool comes as a mask of 32-bit lanes. */
export function storeVector(dtype: DType, slot: Slot, value: Expr, active: number): Expr[] {
  const size = sizes[dtype];
  const { pointer, offset, stride } = slot;
  const bits = dtype === "bool" ? op("v128.and", shuffle(lowBytes, value, value), ones) : value;
  if (stride === size && size * active === 16)
    return [store("v128.store", pointer, bits, { offset, align: 1 })];
  return piecesOf(size, stride, active).map((piece) => {
    const place = placeAt(slot, piece.at);
    return accessLane(`v128.store${piece.bits}_lane`, piece.index, place.pointer, bits, {
      offset: place.offset,
      align: 1,
    });
  });
}

/** A value of a kernel: a vector; a bool made by comparing f64s has lanes of 64 bits. */
export interface Value {
  readonly dtype: DType;
  readonly expr: Expr;
  readonly isWide?: boolean;
}

/** A bool as a mask of 32-bit lanes. */
export const narrowMask = ({ expr, isWide }: Value): Expr =>
  isWide ? shuffle([0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11], expr, expr) : expr;

/** A bool as a mask of 64-bit lanes. */
export const wideMask = ({ expr, isWide }: Value): Expr =>
  isWide ? expr : op("i64x2.extend_low_i32x4_s", expr);

/** The vector shape in which a dtype is computed with. */
export const shapeOf = (dtype: DType): "f64x2" | "f32x4" | "i32x4" =>
  dtype === "f64" ? "f64x2" : dtype === "f32" ? "f32x4" : "i32x4";

/** A number in every lane; a bool as a mask. */
export function splatOf(dtype: DType, x: number): Expr {
  const shape = shapeOf(dtype);
  const element = dtype === "bool" ? -Number(x !== 0) : shape === "i32x4" ? x | 0 : x;
  return v128(shape, Array<number>(shape === "f64x2" ? 2 : 4).fill(element));
}

/** Lane `index` of a value that is not bool, as a scalar. */
export const extract = (dtype: DType, value: Expr, index: number): Expr =>
  lane(`${shapeOf(dtype)}.extract_lane`, index, value);

/** `onto` with a scalar in lane `index`. */
export const insert = (dtype: DType, onto: Expr, index: number, x: Expr): Expr =>
  lane(`${shapeOf(dtype)}.replace_lane`, index, onto, x);
