import { expect, test } from "vitest";
import { agreement, tolerance } from "../src/agreement.ts";
import { ratio, spread } from "../src/statistics.ts";

test("quartiles are those of order statistics, whatever the order of the rounds", () => {
  expect(spread([5, 1, 4, 2, 3])).toEqual({ median: 3, lower: 2, upper: 4 });
  expect(spread([1, 2])).toEqual({ median: 1.5, lower: 1.25, upper: 1.75 });
  expect(() => spread([])).toThrow(/at least one value/);
});

test("a disturbance of whole rounds leaves the ratio as it is", () => {
  const ours = [1, 1.5, 3, 1, 8];
  const theirs = ours.map((ms) => 4 * ms);
  expect(ratio(theirs, ours)).toEqual({ median: 4, lower: 4, upper: 4 });
  expect(ratio([8, 12], ours).median).toBe(8);
});

const value = [0.5];
const gradient = Array.from({ length: 100 }, (_, i) => Math.sin(i));
const off = (by: number): number[] => gradient.map((g) => g * (1 + by));

test("a gradient off by more than the tolerance disagrees, one within it agrees", () => {
  expect(agreement([value, off(2 * tolerance)], [value, gradient]).holds).toBe(false);
  expect(agreement([value, off(tolerance / 2)], [value, gradient]).holds).toBe(true);
  expect(agreement([value, gradient, off(0.1)], [value, gradient, gradient]).holds).toBe(false);
});

test("a wrong value, a NaN and a missing number disagree", () => {
  expect(agreement([[0.501], gradient], [value, gradient]).holds).toBe(false);
  expect(agreement([[Number.NaN], gradient], [value, gradient]).holds).toBe(false);
  expect(agreement([value, off(Number.NaN)], [value, gradient]).holds).toBe(false);
  expect(() => agreement([value, gradient.slice(1)], [value, gradient])).toThrow(/100 numbers/);
});

test("a gradient that is zero where it should be is no error", () => {
  expect(agreement([value, [0, 0]], [value, [0, 0]]).holds).toBe(true);
  expect(agreement([value, [1e-3, 0]], [value, [0, 0]]).holds).toBe(false);
});
