import { mean, random, square, sub, tensor } from "@cotangent/autodiff";
import { dequantise, duplicateReport, splitRows, takeRows } from "@cotangent/training";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gridStep } from "../src/grid-step.ts";

const rising = (values: number[]) => Float64Array.from(values).sort();

test("values on a grid of step h, from any origin, are found to have step h", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 0.5, 0.25, 0.1, 0.01, 0.001, 1e-5, 3, 1 / 60, 250),
      fc.integer({ min: -1000, max: 1000 }),
      fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 3, maxLength: 60 }),
      (h, origin, ks) => {
        // Two neighbours make h, and not a multiple of it, the grid's step.
        const values = rising([...ks, 7, 8].map((k) => (origin + k) * h));
        expect(gridStep(values)).toBeCloseTo(h, 9);
      },
    ),
  );
});

test("decimal text of a few digits has the grid that its digits say", () => {
  expect(gridStep(rising(["0.9978", "0.9968", "0.997", "0.998", "0.99701"].map(Number)))).toBe(
    1e-5,
  );
  expect(gridStep(rising([3.6, 1.8, 3.333, 2.284]))).toBe(0.001);
  expect(gridStep(rising([12345.67, 12345.68, 99999.99]))).toBe(0.01);
});

test("a few values of finer resolution do not hide the grid that the others lie on", () => {
  const coarse = Array.from({ length: 200 }, (_, i) => 9 + (i % 30) / 10);
  expect(gridStep(rising([...coarse, 9.233333333333333, 9.95, 10.0333333333333]))).toBe(0.1);
  expect(gridStep(rising([...coarse.map((x) => x / 1e4), 1e-9]))).toBeCloseTo(1e-5, 14);
});

test("one value that recurs among continuous ones makes no grid, and is warned about by itself", () => {
  const values = [...random.normal(random.key(9), [60]).data].map((x, i) => (i % 2 ? 0 : x));
  expect(gridStep(rising(values))).toBeUndefined();
  const report = duplicateReport(tensor(values.map((x, i) => [x, i])), ["rain", "day"]);
  expect(report.columns[0]).toMatchObject({ quantised: false, tied: 29 / 60 });
  expect(report.warnings).toEqual([expect.stringMatching(/^repeated values on no grid: rain: /)]);
});

test("continuous values lie on no grid, and a single value tells nothing", () => {
  const values = random.normal(random.key(1), [50]).data;
  expect(gridStep(rising([...values]))).toBeUndefined();
  expect(gridStep(rising([3]))).toBeUndefined();
  expect(gridStep(rising([]))).toBeUndefined();
});

test("repeated rows are counted, columns on a coarse grid are called quantised, continuous ones are not", () => {
  const n = 200;
  const noise = random.normal(random.key(2), [n]).data;
  const data = Array.from({ length: n }, (_, i) => [i % 7, noise[i] as number]);
  data[5] = data[4] as number[];
  data[9] = data[4] as number[];
  const report = duplicateReport(tensor(data), ["grade", "length"]);
  expect(report).toMatchObject({ rows: n, repeatedRows: 2, repeatedFraction: 0.01 });
  expect(report.columns).toEqual([
    { name: "grade", distinct: 7, tied: 193 / 200, gridStep: 1, quantised: true },
    { name: "length", distinct: n - 2, tied: 0.01, quantised: false },
  ]);
  expect(report.warnings).toHaveLength(2);
  expect(report.warnings[0]).toMatch(
    /^2 of 200 rows \(1\.0%\) repeat an earlier row: .* unbounded/,
  );
  expect(report.warnings[1]).toMatch(/^quantised: grade \(step 1\): .*dequantise/);
});

test("a finely resolved column without repeats is on a grid and yet not quantised", () => {
  const values = Array.from({ length: 100 }, (_, i) => [(i * 7919) / 1000]);
  expect(duplicateReport(tensor(values)).columns[0]).toMatchObject({ quantised: false });
  expect(duplicateReport(tensor(values)).warnings).toEqual([]);
});

test("dequantised values stay in their grid cell, centred, and no two rows are equal any more", () => {
  const data = tensor(Array.from({ length: 2000 }, (_, i) => [2 * (i % 5), i * 0.37]));
  const report = duplicateReport(data);
  const spread = dequantise(random.key(3), data, report);
  const moved = sub(spread, data).toArray() as [number, number][];
  for (const [dx, dy] of moved) {
    expect(Math.abs(dx)).toBeLessThanOrEqual(1);
    expect(dy).toBe(0);
  }
  expect(new Set(moved.map(([dx]) => dx)).size).toBe(2000);
  const [shift] = mean(sub(spread, data), 0).toArray() as [number, number];
  const [variance] = mean(square(sub(spread, data)), 0).toArray() as [number, number];
  // Uniform on [−1, 1): mean 0 ± 4·(2/√12)/√2000, variance h²/12 = 1/3.
  expect(Math.abs(shift)).toBeLessThan(0.052);
  expect(variance).toBeCloseTo(1 / 3, 1);
  expect(duplicateReport(spread).warnings).toEqual([]);
});

test("dequantise refuses data with other columns than its report", () => {
  const report = duplicateReport(tensor([[1], [1]]));
  expect(() => dequantise(random.key(0), tensor([[1, 2]]), report)).toThrow(
    "dequantise: expected data [rows, 1] as in the report, got [1,2]",
  );
});

test("a split keeps every row once and holds out the fraction asked for", () => {
  const data = tensor(Array.from({ length: 50 }, (_, i) => [i, -i]));
  const { train, validation } = splitRows(random.key(4), data, 0.2);
  expect([train.shape, validation.shape]).toEqual([
    [40, 2],
    [10, 2],
  ]);
  const firsts = [train, validation].flatMap((x) => (x.toArray() as number[][]).map(([i]) => i));
  expect(firsts.toSorted((a, b) => (a as number) - (b as number))).toEqual([...Array(50).keys()]);
  const other = splitRows(random.key(5), data, 0.2).validation;
  expect(other.toArray()).not.toEqual(validation.toArray());
});

test("equal rows are never split between training and validation, and neither side is empty", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 40 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.nat(),
      (values, fraction, seed) => {
        fc.pre(new Set(values).size > 1);
        const data = tensor(values.map((x) => [x]));
        const { train, validation } = splitRows(random.key(seed), data, fraction);
        const held = new Set(validation.data);
        expect([...train.data].some((x) => held.has(x))).toBe(false);
        expect(train.size + validation.size).toBe(values.length);
        expect(train.size * validation.size).toBeGreaterThan(0);
      },
    ),
  );
  expect(() => splitRows(random.key(0), tensor([[1], [1]]), 0.5)).toThrow(
    "splitRows: expected at least 2 different rows, got 1",
  );
});

test("a large group of equal rows does not make the held-out part larger than asked for", () => {
  const data = tensor(Array.from({ length: 100 }, (_, i) => [i < 50 ? 0 : i]));
  for (let seed = 0; seed < 20; seed += 1) {
    expect(splitRows(random.key(seed), data, 0.2).validation.shape).toEqual([20, 1]);
  }
});

test("rows are taken in order, of any shape and dtype", () => {
  const data = tensor(
    [
      [[1], [2]],
      [[3], [4]],
      [[5], [6]],
    ],
    { dtype: "f32" },
  );
  const taken = takeRows(data, [2, 0, 2]);
  expect(taken.toArray()).toEqual([
    [[5], [6]],
    [[1], [2]],
    [[5], [6]],
  ]);
  expect(taken.dtype).toBe("f32");
});
