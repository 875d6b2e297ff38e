// Random numbers from explicit keys: the same key gives the same numbers, in every engine.
//
//   key : u32[2];  bits = threefry(key, (0, 0), (1, 0), …)
//
// Keys are never changed, only split. Streams are kept apart by the second word of the counter:
// 0 for bits, 1 for split, 2 for foldIn.
import { checkShape, type Shape, sizeOf } from "../array.ts";
import { fail } from "../errors.ts";
import { add, mul, neg, sub } from "../primitives/arithmetic.ts";
import { astype, toTensor } from "../primitives/cast.ts";
import { shiftRight } from "../primitives/comparison.ts";
import { cos, log1p, sin, sqrt } from "../primitives/elementwise.ts";
import { argsortLast } from "../primitives/reduction.ts";
import { concat, reshape } from "../primitives/shape.ts";
import { slice } from "../primitives/slice.ts";
import { threefry } from "../primitives/threefry.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { tensor } from "./creation.ts";
import { stack } from "./layout.ts";

export interface RandomOptions {
  /** f64 unless said otherwise; f32 for single precision. */
  readonly dtype?: "f64" | "f32";
}

/** Encrypts consecutive counters of one stream. */
function words(operation: string, key: Tensor, counter: Tensor, blocks: number): Tensor {
  if (key instanceof Tensor && key.dtype === "u32" && key.shape.at(-1) === 2)
    return threefry([key, counter], { blocks });
  throw fail`random.${operation}: expected a key, u32[2], got ${key}; make one with random.key(seed)`;
}
const counter = (word0: number, word1: number) => tensor(Uint32Array.of(word0, word1));

function checkWhole(role: string, value: number, from: number, below: number): void {
  if (!(Number.isInteger(value) && value >= from && value < below))
    throw fail`random.${role} must be a whole number from ${from} to ${below - 1}, got ${value}`;
}

/** A key from a seed: a whole number from 0 to 2⁵³ − 1. */
export function key(seed: number): Tensor {
  checkWhole("key: the seed", seed, 0, 2 ** 53);
  return counter(seed >>> 0, Math.floor(seed / 2 ** 32));
}

/** `n` new keys, independent of each other and of the old one, which should not be used again. */
export function split(from: Tensor, n = 2): Tensor[] {
  checkWhole("split: n", n, 1, 2 ** 31);
  const keys = words("split", from, counter(0, 1), n);
  return Array.from({ length: n }, (_, i) => slice(keys, [2 * i], [2 * i + 2]));
}

/** The key of item `data` (a step, an epoch), a whole number or a u32 scalar. */
export function foldIn(from: Tensor, data: TensorLike): Tensor {
  if (typeof data === "number") checkWhole("foldIn: data", data, 0, 2 ** 32);
  const word = astype(toTensor("foldIn", data, "u32"), "u32");
  return words("foldIn", from, stack([word, toTensor("foldIn", 2, "u32")]), 1);
}

function words32(operation: string, from: Tensor, shape: Shape): Tensor {
  const size = sizeOf(checkShape(`random.${operation}`, shape));
  const all = words(operation, from, counter(0, 0), Math.ceil(size / 2));
  return reshape(slice(all, [0], [size]), shape);
}

/** Random 32-bit words: u32[shape]. */
export const bits = (from: Tensor, shape: Shape): Tensor => words32("bits", from, shape);

/** 24 random bits as a fraction (f32), or 27 bits of one word and 26 of another (f64). */
function unit(
  operation: string,
  from: Tensor,
  shape: Shape,
  { dtype = "f64" }: RandomOptions,
): Tensor {
  if (!["f64", "f32"].includes(dtype))
    throw fail`random.${operation}: expected dtype f64 or f32, got ${dtype}`;
  const both = words32(operation, from, dtype === "f32" ? shape : [2, ...shape]);
  if (dtype === "f32") return mul(astype(shiftRight(both, 8), dtype), 2 ** -24);
  const high = astype(shiftRight(slice(both, [0], [1]), 5), dtype);
  const low = astype(shiftRight(slice(both, [1], [2]), 6), dtype);
  return reshape(mul(add(mul(high, 2 ** 26), low), 2 ** -53), shape);
}

/** Uniform numbers in [low, high): multiples of 2⁻⁵³ (f64) or 2⁻²⁴ (f32) of the range. */
export function uniform(
  from: Tensor,
  shape: Shape,
  options: RandomOptions & { readonly low?: number; readonly high?: number } = {},
): Tensor {
  const { low = 0, high = 1 } = options;
  const u = unit("uniform", from, shape, options);
  return low === 0 && high === 1 ? u : add(mul(u, high - low), low);
}

/** Standard normal numbers by Box & Muller (1958): √(−2 ln(1 − u)) times cos and sin of 2πv. */
export function normal(from: Tensor, shape: Shape, options: RandomOptions = {}): Tensor {
  const size = sizeOf(checkShape("random.normal", shape));
  const u = unit("normal", from, [2, Math.ceil(size / 2)], options);
  const radius = sqrt(mul(-2, log1p(neg(slice(u, [0], [1])))));
  const angle = mul(2 * Math.PI, slice(u, [1], [2]));
  const pair = concat([mul(radius, cos(angle)), mul(radius, sin(angle))]);
  return reshape(slice(reshape(pair, [-1]), [0], [size]), shape);
}

/** ±1 with equal probability. */
export const rademacher = (
  from: Tensor,
  shape: Shape,
  { dtype = "f64" }: RandomOptions = {},
): Tensor => sub(1, mul(2, astype(shiftRight(words32("rademacher", from, shape), 31), dtype)));

/** A random order of 0 … n − 1: i32[n]. */
export function permutation(from: Tensor, n: number): Tensor {
  checkWhole("permutation: n", n, 0, 2 ** 31);
  return argsortLast([unit("permutation", from, [n], {})], {});
}
