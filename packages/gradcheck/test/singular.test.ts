// Points where the value is finite and the derivative is not: places that are named, like kinks.
import { mul, pow, sqrt, square, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { checkGrads, explain } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing, rungOf } from "./reading.ts";

const inverseRoot = (x: number) => 1 / (2 * Math.sqrt(x));
const logSlope = (x: number) => 1 + Math.log(x);

describe("an infinite derivative is accepted where the quotients grow without bound", () => {
  test.each<[string, (x: number) => number, (x: number) => number, number, number, number]>([
    ["√x at 0", Math.sqrt, inverseRoot, 0, Number.NaN, Infinity],
    ["−√x at 0", (x) => -Math.sqrt(x), (x) => -inverseRoot(x), 0, Number.NaN, -Infinity],
    ["∛x at 0", Math.cbrt, (x) => 1 / (3 * Math.cbrt(x) ** 2), 0, Infinity, Infinity],
    ["arcsin x at 1", Math.asin, (x) => 1 / Math.sqrt(1 - x * x), 1, Infinity, Number.NaN],
    ["arccos x at −1", Math.acos, (x) => -1 / Math.sqrt(1 - x * x), -1, Number.NaN, -Infinity],
    ["x log x at 0", (x) => (x === 0 ? 0 : x * Math.log(x)), logSlope, 0, Number.NaN, -Infinity],
    ["3 + √x at 0", (x) => 3 + Math.sqrt(x), inverseRoot, 0, Number.NaN, Infinity],
  ])("%s", (_name, value, gradient, x, left, right) => {
    const report = checkGrads({ value, gradient }, [x]);
    expect(report.status).toBe("pass");
    expect(rungOf(report, "numeric").kinks).toEqual([
      { what: "[0]", left, right, analytic: gradient(x) },
    ]);
    expect(failing(checkGrads({ value, gradient }, [x], { kinks: "fail" }))).toEqual(["numeric"]);
  });

  test("where one side rises and the other falls, so is all between: √|x|", () => {
    const slopes = [0, 7, -Infinity, Infinity];
    for (const slope of slopes) {
      const gradient = (x: number) => (x === 0 ? slope : Math.sign(x) * inverseRoot(Math.abs(x)));
      const report = checkGrads({ value: (x: number) => Math.sqrt(Math.abs(x)), gradient }, [0]);
      expect([slope, report.status]).toEqual([slope, "pass"]);
    }
  });

  test("and named with the equation and the line that it comes from", () => {
    const report = checkGrads((x: Tensor) => sqrt(x), [0]);
    expect(report.status).toBe("pass");
    expect(rungOf(report, "numeric").kinks[0]).toMatchObject({ right: Infinity });
    expect(explain(report, { color: false })).toMatch(
      /kink +\[0\] \(jvp\): slopes none and Infinity, sqrt f64\[\], element 0, at .*singular\.test/,
    );
  });
});

describe("an infinite derivative fails where differences find a finite one", () => {
  test.each<[string, (x: number) => number, number]>([
    ["x² at 1", (x) => x * x, 1],
    ["x² at 0", (x) => x * x, 0],
    ["|x| at 0", Math.abs, 0],
    ["x∛x at 0", (x) => x * Math.cbrt(x), 0],
  ])("%s", (_name, value, x) => {
    for (const slope of [Infinity, -Infinity]) {
      const wrong = { value, gradient: () => slope };
      expect(failing(checkGrads(wrong, [x], { rungs: ["numeric"] }))).toEqual(["numeric"]);
      expect(checkGrads(wrong, [x]).status).toBe("fail");
    }
  });
});

test("a derivative that is right at the singular point alone fails: the Taylor rung looks beside it", () => {
  const gradient = (x: number) => (x === 0 ? Infinity : 1.01 * inverseRoot(x));
  for (const seed of [0, 1, 2, 3]) {
    const report = checkGrads({ value: Math.sqrt, gradient }, [0], { seed });
    expect(failing(report)).toEqual(["taylor"]);
    expect(rungOf(report, "taylor").failures).toHaveLength(2);
  }
});

describe("stays open", () => {
  test("a finite derivative by convention, with the slope that it stands for", () => {
    const safe = { value: Math.sqrt, gradient: (x: number) => (x === 0 ? 0 : inverseRoot(x)) };
    const report = checkGrads(safe, [0]);
    expect(report.status).toBe("inconclusive");
    expect(rungOf(report, "numeric").note).toBe("[0] is 0, with one-sided slopes NaN and Infinity");
  });
  test("an infinite one at a jump", () => {
    const step = { value: Math.floor, gradient: () => Infinity };
    expect(checkGrads(step, [2]).status).toBe("inconclusive");
  });
  test("a product of 0 and ∞ in another entry", () => {
    const report = checkGrads((x: Tensor) => sum(sqrt(x)), [tensor([0, 4])]);
    expect(failing(report)).toEqual([]);
    expect(rungOf(report, "numeric").note).toMatch(/\[0\]\[1\] \(jvp\) is NaN, beside an infinite/);
  });
});

describe("nothing right is called wrong beside an infinite derivative", () => {
  const zeros = tensor([0, 0, 4]);
  test.each<[string, (x: Tensor) => Tensor]>([
    ["a sum of roots, of both signs", (x) => sum(mul(sqrt(x), tensor([1, -1, 1])))],
    ["roots", (x) => sqrt(x)],
    [
      "two roots of each",
      (x) =>
        sqrt(x)
          .expandDims(0)
          .mul(tensor([[1], [-1]])),
    ],
  ])("%s", (_name, f) => {
    for (const seed of [0, 1, 2, 3])
      expect([seed, failing(checkGrads(f, [zeros], { seed }))]).toEqual([seed, []]);
  });
  test("x^1.5, whose second derivative is infinite", () => {
    expect(failing(checkGrads((x: Tensor) => sum(pow(x, 1.5)), [zeros]))).toEqual([]);
  });
});

test("a norm at 0 still fails: its derivative is no number, and nothing is infinite", () => {
  const report = checkGrads((x: Tensor) => sqrt(sum(square(x))), [tensor([0, 0])]);
  expect(failing(report)).toEqual(["structure"]);
});
