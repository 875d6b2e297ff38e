import { random, tensor } from "@cotangent/autodiff";
import { outliers, outlierWarnings } from "@cotangent/training";
import { expect, test } from "vitest";

const normal = [...random.normal(random.key(1), [400]).data];

test("a value with a lost decimal point is found and named with its line and the column's median", () => {
  const values = normal.map((x, i) => [i === 17 ? 100369 : 0.9967 + 0.002 * x, x]);
  const found = outliers(tensor(values));
  expect(found).toMatchObject([{ row: 17, column: 0, value: 100369 }]);
  const lines = values.map((_, i) => i + 2);
  expect(outlierWarnings(found, ["density", "z"], lines)[0]).toMatch(
    /^density: 100369 \(line 19\): far from the column's median, 0\.99/,
  );
  expect(outlierWarnings(found, ["density", "z"])[0]).toContain("(row 18)");
});

test("many damaged values of a column share one sentence", () => {
  const found = outliers(tensor(normal.map((x, i) => [i % 50 === 0 ? 1e6 : x])));
  expect(found).toHaveLength(8);
  expect(outlierWarnings(found, [])).toHaveLength(1);
  expect(outlierWarnings(found, [])[0]).toMatch(/^column 1: 1000000 \(row 1\), .*, 5 more: far/);
});

test("real tails are no outliers: normal, log-normal, and values that are mostly one", () => {
  for (const tail of [(x: number) => x, Math.exp, (x: number) => Math.max(0, x - 2)]) {
    expect(outliers(tensor(normal.map((x) => [tail(x)])))).toEqual([]);
  }
});
