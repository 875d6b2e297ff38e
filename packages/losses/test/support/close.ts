// Assertions on tensors against plain numbers.
import type { Tensor } from "@cotangent/autodiff";
import { expect } from "vitest";

export type Numbers = number | readonly Numbers[];

export const flat = (x: Numbers): number[] => (typeof x === "number" ? [x] : x.flatMap(flat));

/** Every element within `tolerance` of the expected one, absolutely. */
export function expectClose(actual: Tensor, expected: Numbers, tolerance: number): void {
  const got = Array.from(actual.data);
  const want = flat(expected);
  expect(got.length, `${got.length} elements for ${want.length}`).toBe(want.length);
  const worst = got.reduce((most, value, i) => {
    const difference = Math.abs(value - (want[i] ?? Number.NaN));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
  expect(worst, `[${got}] is not [${want}]`).toBeLessThanOrEqual(tolerance);
}
