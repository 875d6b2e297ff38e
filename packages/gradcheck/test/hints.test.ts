import { checkGrads } from "@cotangent/gradcheck";
import { expect, test } from "vitest";

type Matrix = readonly (readonly number[])[];
const x: Matrix = [
  [1, 2],
  [3, 4],
];
/** Σ c_ij x_ij² with different weights. */
const value = (at: Matrix) => at.flat().reduce((sum, xi, i) => sum + (i + 1) * xi * xi, 0);
const right = (at: Matrix) => at.map((row, i) => row.map((xi, j) => 2 * (2 * i + j + 1) * xi));
const times = (c: number) => (at: Matrix) => right(at).map((row) => row.map((g) => c * g));

test.each<[string, (at: Matrix) => Matrix, RegExp]>([
  ["a sign", times(-1), /^the sign is wrong/],
  ["a factor two", times(2), /^a factor two: every failing entry is twice/],
  ["a half", times(0.5), /^a factor two: every failing entry is half/],
  ["zero", times(0), /^the derivative is zero where it should not be/],
  ["any constant", times(1.25), /^every failing entry is 1\.25 times what is expected$/],
  [
    "a transpose",
    (at) => right(at).map((row, i) => row.map((_, j) => right(at)[j]![i]!)),
    /^\[0\] is transposed/,
  ],
])("%s is recognised", (_name, gradient, hint) => {
  expect(checkGrads({ value, gradient }, [x]).hints).toEqual([expect.stringMatching(hint)]);
});

test("a mean in the place of a sum is recognised by the axis length", () => {
  const sum = {
    value: (at: Float64Array) => at.reduce((a, b) => a + b, 0),
    gradient: (at: Float64Array) => at.map(() => 1 / 7),
  };
  expect(checkGrads(sum, [new Float64Array(7).fill(2)]).hints[0]).toMatch(
    /1\/7 times .* a sum in the place of a mean/,
  );
});

test("errors without a pattern give no hint", () => {
  const gradient = (at: Matrix) =>
    right(at).map((row, i) => row.map((g, j) => g + (i + 1) * (j + 2)));
  expect(checkGrads({ value, gradient }, [x]).hints).toEqual([]);
});
