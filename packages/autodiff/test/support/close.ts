// What it means here for two arrays to be equal: to the bit, or within a share of a stated magnitude.
import type { Tensor } from "@cotangent/autodiff";
import { expect } from "vitest";

/** The distance from 1 to the next larger number of a dtype; 0 for integers, which must be exact. */
export const epsilon = (dtype: string): number =>
  dtype === "f64" ? 2 ** -52 : dtype === "f32" ? 2 ** -23 : 0;

/** Throws unless shapes, dtypes and every bit agree; any NaN equals any other, 0 and −0 differ. */
export function expectSameBits(actual: Tensor, expected: Tensor, label: string): void {
  expect(`${actual.dtype}[${actual.shape}]`, label).toBe(`${expected.dtype}[${expected.shape}]`);
  const at = actual.data.findIndex((x, i) => !Object.is(x, expected.data[i]));
  if (at >= 0)
    expect.fail(`${label}: element ${at} is ${actual.data[at]}, expected ${expected.data[at]}`);
}

/** Throws unless |actual − expected| ≤ tolerance · (magnitude or |expected|), element by element. */
export function expectClose(
  actual: Tensor,
  expected: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  tolerance: number,
  label: string,
  magnitude: (i: number) => number = () => 0,
): void {
  expect(`[${actual.shape}]`, `${label}: shape`).toBe(`[${expected.shape}]`);
  actual.data.forEach((got, i) => {
    const want = expected.data[i] as number;
    if (Object.is(got, want) || got === want) return;
    const bound = tolerance * Math.max(Math.abs(want), magnitude(i));
    const gap = Math.abs(got - want);
    if (!(gap <= bound))
      expect.fail(`${label}: element ${i} is ${got}, expected ${want} (off by ${gap} > ${bound})`);
  });
}

/** Largest absolute element; 0 for an empty array. */
export const largest = (x: { readonly data: ArrayLike<number> }): number =>
  Array.from(x.data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

export const everyFinite = (x: Tensor): boolean => Array.from(x.data).every(Number.isFinite);
