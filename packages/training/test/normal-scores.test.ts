import { mean, random, sqrt, square, type Tensor, tensor } from "@cotangent/autodiff";
import { Standardiser, tailsOf } from "@cotangent/training";
import fc from "fast-check";
import { expect, test } from "vitest";
import { normalDistribution, normalQuantile } from "../src/normal-distribution.ts";
import { fitMarginal, toScore, toValue } from "../src/normal-scores.ts";

const normal = random.normal(random.key(4), [800, 2], { dtype: "f64" });
/** Two dependent columns with the tails of a log-normal. */
const heavy = tensor(
  (normal.toArray() as [number, number][]).map(([a, b]) => [
    Math.exp(2 * a),
    1e6 * Math.exp(a + b),
  ]),
  { dtype: "f64" },
);
const column = (x: Tensor, j: number) => (x.toArray() as number[][]).map((row) => row[j] as number);

test("the quantiles of the standard normal distribution are the published ones", () => {
  const known = [
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.9999, 3.719016485455709],
  ] as const;
  for (const [p, z] of known) {
    expect(normalQuantile(p)).toBeCloseTo(z, 9);
    expect(normalQuantile(1 - p)).toBeCloseTo(-z, 9);
    expect(normalDistribution(z)).toBeCloseTo(p, 12);
  }
  for (const p of [0, 1, -0.1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/between 0/);
});

test("the distribution function undoes its inverse", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (p) => {
      expect(Math.abs(normalDistribution(normalQuantile(p)) - p)).toBeLessThan(1e-12);
    }),
  );
});

test("the scores of a log-normal sample have the moments of a standard normal", () => {
  const marginal = fitMarginal(column(heavy, 0));
  const scores = column(heavy, 0).map((x) => toScore(marginal, x));
  const moment = (k: number) => scores.reduce((sum, z) => sum + z ** k, 0) / scores.length;
  expect(moment(1)).toBeCloseTo(0, 2);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
  expect(moment(3)).toBeCloseTo(0, 1);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
});

test("standardised by quantiles, dependent heavy-tailed columns have mean 0 and variance 1", () => {
  const z = Standardiser.fit(heavy, { method: "quantile" }).forward(heavy);
  const deviation = sqrt(mean(square(z), 0)).toArray() as number[];
  for (const m of mean(z, 0).toArray() as number[]) expect(m).toBeCloseTo(0, 9);
  for (const s of deviation) expect(s).toBeCloseTo(1, 9);
});

test("the inverse of the map is the identity on the data, ties included", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 1000 }), { minLength: 2, maxLength: 200 }),
      (values) => {
        fc.pre(new Set(values).size > 1);
        const marginal = fitMarginal(values);
        for (const x of values) {
          expect(Math.abs(toValue(marginal, toScore(marginal, x)) - x)).toBeLessThan(1e-6);
        }
      },
    ),
  );
});

test("the inverse of the standardiser is the identity on its data", () => {
  const standardiser = Standardiser.fit(heavy, { method: "quantile" });
  const back = [...standardiser.inverse(standardiser.forward(heavy)).data];
  back.forEach((x, i) => {
    const value = heavy.data[i] as number;
    expect(Math.abs(x / value - 1)).toBeLessThan(1e-6);
  });
});

test("equal values share one score, that of their middle rank", () => {
  const marginal = fitMarginal([1, 2, 2, 2, 3]);
  expect(marginal.values).toEqual([1, 2, 3]);
  expect(marginal.scores[1]).toBeCloseTo(0, 12);
  expect(toScore(marginal, 2)).toBeCloseTo(0, 12);
});

test("the map rises, so that order is kept", () => {
  const marginal = fitMarginal(column(heavy, 1));
  const scores = column(heavy, 1)
    .sort((a, b) => a - b)
    .map((x) => toScore(marginal, x));
  scores.slice(1).forEach((z, i) => {
    expect(z).toBeGreaterThan(scores[i] as number);
  });
});

test("no value is made up in the gap between the values and a few absurd ones", () => {
  const values = [...Array.from({ length: 200 }, (_, i) => i / 100), 1e14, 1e14, 2e14];
  const marginal = fitMarginal(values);
  for (let z = -4; z <= 4; z += 0.001) {
    const x = toValue(marginal, z);
    expect(x < 10 || Math.abs(x / 1e14 - 1) < 1e-9 || Math.abs(x / 2e14 - 1) < 1e-9).toBe(true);
  }
});

test("beyond the data the map goes on with one robust standard deviation per score", () => {
  const marginal = fitMarginal(column(heavy, 0));
  const { values, scores, scale } = marginal;
  const [top, highest] = [values.at(-1) as number, scores.at(-1) as number];
  expect(toValue(marginal, highest + 2)).toBeCloseTo(top + 2 * scale, 9);
  expect(toScore(marginal, top + scale / 2)).toBeCloseTo(highest + 0.5, 9);
  expect(toScore(marginal, 1e30)).toBeCloseTo(highest + 1, 9);
  const [bottom, lowest] = [values[0] as number, scores[0] as number];
  expect(toValue(marginal, lowest - 3)).toBeCloseTo(bottom - 3 * scale, 9);
});

test("a standardiser by quantiles goes through JSON bit for bit", () => {
  const one = Standardiser.fit(heavy, { method: "quantile", columns: ["a", "b"] });
  const two = Standardiser.fromJSON(JSON.parse(JSON.stringify(one)));
  expect(two.method).toBe("quantile");
  expect(two.forward(heavy).toArray()).toEqual(one.forward(heavy).toArray());
  expect(two.inverse(normal).toArray()).toEqual(one.inverse(normal).toArray());
  const { marginals, ...rest } = one.toJSON();
  expect(marginals).toHaveLength(2);
  expect(() => Standardiser.fromJSON(rest, "x.json")).toThrow(/x\.json/);
});

test("scores in data units are refused, since the map is not affine", () => {
  const standardiser = Standardiser.fit(heavy, { method: "quantile" });
  expect(() => standardiser.scoreInDataUnits(normal)).toThrow(/affine .* use pca/);
});

test("a constant column and values that are not finite are refused, as by the other methods", () => {
  for (const bad of [5, Number.NaN]) {
    const data = tensor([1, 2, 3].map((x) => [x, bad]));
    expect(() => Standardiser.fit(data, { method: "quantile" })).toThrow();
  }
});

test("tails are counted in robust standard deviations from the median", () => {
  const [plain, lost] = tailsOf(
    tensor(column(normal, 0).map((x, i) => [x, i === 3 ? 1e6 : x])),
  ) as [number, number];
  expect(plain).toBeGreaterThan(2.5);
  expect(plain).toBeLessThan(4.5);
  expect(lost).toBeGreaterThan(5e5);
  expect(tailsOf(heavy)[0]).toBeGreaterThan(6);
});
