// Test data from a generator of its own (Mulberry32), so that the engine's is not checked by itself.
import { type DType, type Shape, Tensor, tensor } from "@cotangent/autodiff";

/** Numbers in [0, 1) from a seed. */
export function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const sizeOf = (shape: Shape) => shape.reduce((a, b) => a * b, 1);

/** A tensor of numbers in [low, high). */
export function sample(
  shape: Shape,
  seed: number,
  low = -1.5,
  high = 1.5,
  dtype: DType = "f64",
): Tensor {
  const next = numbers(seed);
  return tensor(
    Array.from({ length: sizeOf(shape) }, () => low + (high - low) * next()),
    { shape, dtype },
  );
}

/** Signed directions and weights, away from zero: ±[½, 1). A vector of ones would hide errors in null spaces. */
export function signed(like: { shape: Shape; dtype: DType }, seed: number): Tensor {
  const next = numbers(seed * 7919 + 17);
  return tensor(
    Array.from({ length: sizeOf(like.shape) }, () => (next() < 0.5 ? -1 : 1) * (0.5 + next() / 2)),
    { shape: like.shape, dtype: like.dtype },
  );
}

/** The elements moved round by `by` places: other values that are valid wherever these are. */
export function rolled(x: Tensor, by: number): Tensor {
  const data = x.data.map((_, i) => x.data[(i + by) % x.size] as number);
  return new Tensor(x.shape, x.dtype, data);
}
