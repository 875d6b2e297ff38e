// Random numbers from explicit keys: the same key gives the same numbers, in every engine.
//
//   key : u32[2];  bits = threefry(key, (0, 0), (1, 0), …)
//
// Keys are never changed, only split. Streams are kept apart by the second word of the counter:
// 0 for bits, 1 for split, 2 for foldIn.
import { checkShape, formatSpec, isFloat, type Shape, sizeOf } from "../array.ts";
import { full } from "../creation.ts";
import { add, mul, neg, sub } from "../primitives/arithmetic.ts";
import { astype, toTensor } from "../primitives/cast.ts";
import { shiftRight } from "../primitives/comparison.ts";
import { cos, log1p, sin, sqrt } from "../primitives/elementwise.ts";
import { argsortLast } from "../primitives/reduction.ts";
import { concat, reshape, slice } from "../primitives/shape.ts";
import { threefry } from "../primitives/threefry.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { stack } from "./layout.ts";

export interface RandomOptions {
  /** f64 unless said otherwise; f32 for single precision. */
  readonly dtype?: "f64" | "f32";
}

const counter = (word0: number, word1: number) =>
  new Tensor([2], "u32", Uint32Array.of(word0, word1));

function checkKey(operation: string, key: Tensor): Tensor {
  if (!(key instanceof Tensor) || key.dtype !== "u32" || key.shape.at(-1) !== 2)
    throw new TypeError(
      `random.${operation}: expected a key, u32[2], got ${key instanceof Tensor ? formatSpec(key) : typeof key}; make one with random.key(seed)`,
    );
  return key;
}

function checkDType(operation: string, { dtype = "f64" }: RandomOptions): "f64" | "f32" {
  if (!isFloat(dtype))
    throw new TypeError(`random.${operation}: dtype must be f64 or f32, got ${dtype}`);
  return dtype;
}

/** A key from a seed: a whole number from 0 to 2⁵³ − 1. */
export function key(seed: number): Tensor {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(
      `random.key: the seed must be a whole number from 0 to 2^53 − 1, got ${seed}`,
    );
  return counter(seed >>> 0, Math.floor(seed / 2 ** 32));
}

/** `n` new keys, independent of each other and of the old one, which should not be used again. */
export function split(from: Tensor, n = 2): Tensor[] {
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`random.split: n must be a whole number ≥ 1, got ${n}`);
  const words = threefry([checkKey("split", from), counter(0, 1)], { blocks: n });
  return Array.from({ length: n }, (_, i) => slice(words, [2 * i], [2 * i + 2]));
}

/** The key of item `data` (a step, an epoch), a whole number or a u32 scalar. */
export function foldIn(from: Tensor, data: TensorLike): Tensor {
  if (typeof data === "number" && !(Number.isInteger(data) && data >= 0 && data < 2 ** 32))
    throw new RangeError(
      `random.foldIn: data must be a whole number from 0 to 2^32 − 1, got ${data}`,
    );
  const word = astype(toTensor("foldIn", data, "u32"), "u32");
  return threefry(
    [checkKey("foldIn", from), stack([word, new Tensor([], "u32", Uint32Array.of(2))])],
    { blocks: 1 },
  );
}

/** Random 32-bit words: u32[shape]. */
export function bits(from: Tensor, shape: Shape): Tensor {
  const size = sizeOf(checkShape("random.bits", shape));
  const words = threefry([checkKey("bits", from), counter(0, 0)], { blocks: Math.ceil(size / 2) });
  return reshape(slice(words, [0], [size]), shape);
}

/** Uniform numbers in [low, high): multiples of 2⁻⁵³ (f64) or 2⁻²⁴ (f32) of the range. */
export function uniform(
  from: Tensor,
  shape: Shape,
  options: RandomOptions & { readonly low?: number; readonly high?: number } = {},
): Tensor {
  const { low = 0, high = 1 } = options;
  const dtype = checkDType("uniform", options);
  const unit = dtype === "f32" ? unit24(from, shape) : unit53(from, shape);
  return low === 0 && high === 1 ? unit : add(mul(unit, high - low), low);
}

const unit24 = (from: Tensor, shape: Shape) =>
  mul(astype(shiftRight(bits(from, shape), 8), "f32"), 2 ** -24);

/** 27 bits of one word and 26 of another. */
function unit53(from: Tensor, shape: Shape): Tensor {
  const words = bits(from, [2, ...shape]);
  const [high, low] = [0, 1].map((i) => reshape(slice(words, [i], [i + 1]), shape)) as [
    Tensor,
    Tensor,
  ];
  const top = mul(astype(shiftRight(high, 5), "f64"), 2 ** 26);
  return mul(add(top, astype(shiftRight(low, 6), "f64")), 2 ** -53);
}

/** Standard normal numbers by Box & Muller (1958): √(−2 ln(1 − u)) times cos and sin of 2πv. */
export function normal(from: Tensor, shape: Shape, options: RandomOptions = {}): Tensor {
  checkDType("normal", options);
  const size = sizeOf(checkShape("random.normal", shape));
  const half = Math.ceil(size / 2);
  const u = uniform(from, [2, half], options);
  const radius = sqrt(mul(-2, log1p(neg(slice(u, [0], [1])))));
  const angle = mul(2 * Math.PI, slice(u, [1], [2]));
  const both = concat([mul(radius, cos(angle)), mul(radius, sin(angle))]);
  return reshape(slice(reshape(both, [2 * half]), [0], [size]), shape);
}

/** ±1 with equal probability. */
export function rademacher(from: Tensor, shape: Shape, options: RandomOptions = {}): Tensor {
  return sub(
    1,
    mul(2, astype(shiftRight(bits(from, shape), 31), checkDType("rademacher", options))),
  );
}

/** A random order of 0 … n − 1: i32[n]. */
export function permutation(from: Tensor, n: number): Tensor {
  if (!Number.isInteger(n) || n < 0)
    throw new RangeError(`random.permutation: n must be a whole number ≥ 0, got ${n}`);
  return n === 0 ? full([0], 0, { dtype: "i32" }) : argsortLast(uniform(from, [n]));
}
