/** Numbers as they are shown: one minus sign, and no more digits than mean something. */
import { tensor } from "@cotangent/autodiff";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { significant, tickText } from "../src/report/numbers.ts";
import { rounded } from "../src/sample/rounded.ts";

test("a number and its exponent have one minus sign", () => {
  expect(significant(-4.53e-5)).toBe("−4.53e−5");
  expect(significant(9.06e-5)).toBe("9.06e−5");
  expect(tickText(-1e-9)).toBe("−1e−9");
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      expect(significant(value) + tickText(value)).not.toContain("-");
    }),
  );
});

/** Rows of one column. */
const column = (values: readonly number[]): number[] =>
  [...rounded(tensor(values.map((value) => [value]))).data].map(Number);

test("samples have seven significant digits, and more only where a column varies little beside its mean", () => {
  expect(column([1.23456789012, -0.0456789012345, 0, 4])).toEqual([1.234568, -0.0456789, 0, 4]);
  expect(column([1_700_000_000.123456, 1_700_000_001.5])).toEqual([
    1_700_000_000.123456, 1_700_000_001.5,
  ]);
  expect(column([1 / 3])).toEqual([1 / 3]);
  const spreads = fc.integer({ min: -12, max: 12 });
  const deviations = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4 });
  fc.assert(
    fc.property(spreads, fc.double({ min: -1e6, max: 1e6, noNaN: true }), deviations, (e, m, z) => {
      const values = z.map((deviation) => 10 ** e * (m + deviation));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
      column(values).forEach((value, i) => {
        const exact = values[i]!;
        const allowed = 5.1e-7 * Math.sqrt(variance) + 4 * 2 ** -52 * Math.abs(exact);
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(allowed);
      });
    }),
  );
});
