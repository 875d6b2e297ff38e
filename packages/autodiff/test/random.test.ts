// Distributions of random numbers, with bounds that a right generator breaks less than once in 10⁶ keys.
import { grad, random, sum, type Tensor } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import * as precise from "./support/precise.ts";

const n = 20_000;
const keys = [0, 1, 123_456_789].map((seed) => random.key(seed));

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const moment = (values: readonly number[], k: number) => meanOf(values.map((x) => x ** k));

/** sup |Fₙ − F|: the Kolmogorov–Smirnov distance of a sample from a distribution function. */
function distance(values: readonly number[], distribution: (x: number) => number): number {
  return [...values]
    .sort((a, b) => a - b)
    .reduce((most, x, i) => {
      const f = distribution(x);
      return Math.max(most, f - i / values.length, (i + 1) / values.length - f);
    }, 0);
}
/** P(√n D > 2.7) ≈ 2 e^(−2·2.7²) = 9·10⁻⁷ (Kolmogorov 1933). */
const bound = (size: number) => 2.7 / Math.sqrt(size);
/** Five standard errors of the mean of `count` values of the given variance. */
const fiveErrors = (variance: number, count: number) => 5 * Math.sqrt(variance / count);

describe.each(["f64", "f32"] as const)("uniform numbers in %s", (dtype) => {
  test.each(keys)("are spread evenly over [0, 1) (key %#)", (key) => {
    const u = random.uniform(key, [n], { dtype });
    expect(u.dtype).toBe(dtype);
    const values = [...u.data];
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(Math.abs(meanOf(values) - 1 / 2)).toBeLessThan(fiveErrors(1 / 12, n));
    expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(fiveErrors(4 / 45, n));
    expect(distance(values, (x) => x)).toBeLessThan(bound(n));
  });

  test("are whole multiples of the spacing that the documentation states", () => {
    const scale = dtype === "f64" ? 2 ** 53 : 2 ** 24;
    const values = [...random.uniform(keys[0] as Tensor, [1000], { dtype }).data];
    expect(values.every((x) => Number.isInteger(x * scale))).toBe(true);
    expect(values.some((x) => !Number.isInteger((x * scale) / 2))).toBe(true);
  });

  test("reach from low to high", () => {
    const values = [...random.uniform(keys[1] as Tensor, [n], { dtype, low: -2, high: 3 }).data];
    expect(values.every((x) => x >= -2 && x < 3)).toBe(true);
    expect(distance(values, (x) => (x + 2) / 5)).toBeLessThan(bound(n));
  });
});

describe.each(["f64", "f32"] as const)("normal numbers in %s", (dtype) => {
  const small = 4000;
  const distribution = (x: number) =>
    (1 + precise.erf(Math.max(-7, Math.min(7, x * Math.SQRT1_2)))) / 2;

  test.each(keys)("have the moments 0, 1, 0, 3 and the normal distribution (key %#)", (key) => {
    const z = random.normal(key, [n], { dtype });
    expect(z.dtype).toBe(dtype);
    const values = [...z.data];
    expect(values.every(Number.isFinite)).toBe(true);
    // Var zᵏ = E z²ᵏ − (E zᵏ)²: 1, 2, 15, 96.
    for (const [k, expected, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const)
      expect(Math.abs(moment(values, k) - expected), `moment ${k}`).toBeLessThan(
        fiveErrors(variance, n),
      );
    expect(distance(values.slice(0, small), distribution)).toBeLessThan(bound(small));
  });

  test("are independent of their neighbours, and the two halves of a pair of each other", () => {
    const values = [...random.normal(keys[2] as Tensor, [n], { dtype }).data];
    for (const lag of [1, 2, n / 2]) {
      const products = values.slice(0, n - lag).map((z, i) => z * (values[i + lag] as number));
      expect(Math.abs(meanOf(products)), `lag ${lag}`).toBeLessThan(fiveErrors(1, products.length));
    }
  });

  test("come in any shape, odd sizes and none", () => {
    for (const shape of [[], [1], [3], [2, 5, 3], [0], [0, 4]])
      expect(random.normal(keys[0] as Tensor, shape, { dtype }).shape).toEqual(shape);
  });
});

describe("rademacher numbers", () => {
  test.each(["f64", "f32"] as const)("are ±1 in equal parts in %s", (dtype) => {
    const v = random.rademacher(keys[0] as Tensor, [n], { dtype });
    expect(v.dtype).toBe(dtype);
    expect(new Set(v.data)).toEqual(new Set([-1, 1]));
    expect(Math.abs(meanOf([...v.data]))).toBeLessThan(fiveErrors(1, n));
  });
});

describe("permutations", () => {
  test("hold each index once, as i32", () => {
    const order = random.permutation(keys[0] as Tensor, 100);
    expect(order.dtype).toBe("i32");
    expect([...order.data].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(random.permutation(keys[0] as Tensor, 0).shape).toEqual([0]);
  });

  test("put each element in each place equally often", () => {
    const counts = new Array<number>(16).fill(0);
    const draws = 4000;
    random.split(keys[1] as Tensor, draws).forEach((key) => {
      random.permutation(key, 4).data.forEach((value, place) => {
        counts[4 * place + value] = (counts[4 * place + value] as number) + 1;
      });
    });
    for (const count of counts)
      expect(Math.abs(count / draws - 1 / 4)).toBeLessThan(fiveErrors(3 / 16, draws));
  });
});

test("draws do not depend on what is differentiated, and shift and scale have their derivatives", () => {
  const f = (mean: Tensor, deviation: Tensor) =>
    sum(
      random
        .normal(keys[0] as Tensor, [5])
        .mul(deviation)
        .add(mean),
    );
  const [byMean, byDeviation] = grad(f, { argnums: [0, 1] })(2, 3);
  expect(byMean?.item()).toBe(5);
  expect(byDeviation?.item()).toBeCloseTo(sum(random.normal(keys[0] as Tensor, [5])).item(), 14);
});
