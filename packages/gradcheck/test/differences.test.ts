import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Differences, differentiate, growthOf } from "../src/differences.ts";
import { Draws } from "../src/draws.ts";

/** The derivative of one function at a point, to the best that differences give. */
function at(
  f: (x: number) => number,
  x: number,
  start = Math.max(Math.abs(x), 1) / 4,
): Differences {
  const f0 = Float64Array.of(f(x));
  const noise = f0.map((y) => 2 ** -52 * Math.abs(y));
  return differentiate(
    (t) => Float64Array.of(f(x + t)),
    f0,
    noise,
    start,
    () => false,
  );
}

const smooth: readonly (readonly [string, (x: number) => number, (x: number) => number])[] = [
  ["exp", Math.exp, Math.exp],
  ["sin", Math.sin, Math.cos],
  ["tanh", Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  ["1/(1 + x²)", (x) => 1 / (1 + x * x), (x) => (-2 * x) / (1 + x * x) ** 2],
  ["x⁵", (x) => x ** 5, (x) => 5 * x ** 4],
];

test.each(smooth)("%s: the estimate bounds the error, and is small", (_name, f, derivative) => {
  fc.assert(
    fc.property(fc.double({ min: -3, max: 3, noNaN: true }), (x) => {
      const { value, estimate } = at(f, x).slope;
      expect(Math.abs(value[0]! - derivative(x))).toBeLessThanOrEqual(10 * estimate[0]! + 1e-15);
      expect(estimate[0]).toBeLessThan(1e-8 * (1 + Math.abs(derivative(x))));
    }),
    { numRuns: 50 },
  );
});

test("a kink has two slopes, a smooth point one", () => {
  const kink = at((x) => Math.max(Math.exp(x), 1 - x), 0);
  expect(kink.slope.value[0]! - kink.jump.value[0]! / 2).toBeCloseTo(-1, 6);
  expect(kink.slope.value[0]! + kink.jump.value[0]! / 2).toBeCloseTo(1, 6);
  const point = at(Math.exp, 0.3);
  expect(Math.abs(point.jump.value[0]!)).toBeLessThanOrEqual(10 * point.jump.estimate[0]!);
});

test("steps out of the domain are left out", () => {
  const { slope } = at(Math.log, 1e-5, 0.25);
  expect(slope.value[0]).toBeCloseTo(1e5, 0);
});

test("without a finite neighbour the estimate is infinite", () => {
  expect(at((x) => (x === 0 ? 1 : Number.NaN), 0).slope.estimate[0]).toBe(Number.POSITIVE_INFINITY);
});

describe("quotients that grow without bound", () => {
  test.each<[string, (t: number) => number, number]>([
    ["√t", Math.sqrt, Infinity],
    ["−∛t", (t) => -Math.cbrt(t), -Infinity],
    ["t log t", (t) => (t === 0 ? 0 : t * Math.log(t)), -Infinity],
    ["5 + t^0.1, whose quotient is nearly 1/t", (t) => 5 + t ** 0.1, Infinity],
  ])("%s", (_name, f, slope) => {
    expect(growthOf(f, 0.25)).toBe(slope);
  });

  test.each<[string, (t: number) => number]>([
    ["a line", (t) => 3 * t],
    ["t − t^1.2, whose quotient rises to 1", (t) => t - t ** 1.2],
    ["1000 t + t log t, which no step shows", (t) => (t === 0 ? 0 : 1000 * t + t * Math.log(t))],
    ["a jump", (t) => Number(t > 0)],
    ["a function without values there", (t) => (t === 0 ? 0 : Number.NaN)],
    ["a staircase", (t) => Number(t.toFixed(5))],
  ])("are not seen of %s", (_name, f) => {
    expect(growthOf(f, 0.25)).toBeNaN();
  });

  test("nor of noise, but for one draw in hundreds", () => {
    const draws = new Draws(0, 0);
    const isSeen = () => !Number.isNaN(growthOf(() => draws.uniform(), 0.25));
    const seen = Array.from({ length: 2000 }, isSeen).filter(Boolean).length;
    expect(seen).toBeLessThan(20);
  });
});
