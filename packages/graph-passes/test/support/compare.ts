// How results of programs are compared with the engine's.
import type { NDArray, Tensor } from "@cotangent/autodiff";
import { expect } from "vitest";

const unit = { f64: 2 ** -53, f32: 2 ** -24, i32: 0, u32: 0, bool: 0 } as const;

/** The largest finite magnitude, at least 1: the terms of random programs are of order one. */
const magnitude = ({ data }: NDArray): number =>
  Array.from(data).reduce(
    (most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
    1,
  );

/** Equal in shape and dtype, and element by element within `units` roundings; NaN, ±∞ and the sign of 0 to the bit. */
export function expectEqual(
  got: NDArray | undefined,
  want: Tensor,
  label: string,
  units = 500,
): void {
  expect(`${got?.dtype}[${got?.shape}]`, label).toBe(`${want.dtype}[${want.shape}]`);
  const bound = units * unit[want.dtype] * magnitude(want);
  got!.data.forEach((value, i) => {
    const expected = want.data[i]!;
    const isClose = value !== 0 && expected !== 0 && Math.abs(value - expected) <= bound;
    const isNothing = Math.abs(value) + Math.abs(expected) <= bound && value !== expected;
    if (Object.is(value, expected) || isClose || isNothing) return;
    expect.fail(`${label}: element ${i} is ${value}, expected ${expected} (within ${bound})`);
  });
}
