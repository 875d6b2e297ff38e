import {
  abs,
  floor,
  matmul,
  maximum,
  random,
  relu,
  sum,
  type Tensor,
  tensor,
  where,
} from "@cotangent/autodiff";
import { checkGrads } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing, rungOf } from "./reading.ts";

const atZero = tensor([0, 1, -1]);

describe("a point where one-sided slopes differ", () => {
  test("is reported with its primitive, operand and line, and does not fail", () => {
    const report = checkGrads((a: Tensor) => sum(relu(a)), [atZero]);
    expect(report.status).toBe("pass");
    const [kink] = rungOf(report, "numeric").kinks;
    expect(kink?.what).toBe("[0][0] (jvp)");
    expect(kink?.left).toBeCloseTo(0, 9);
    expect(kink?.right).toBeCloseTo(1, 9);
    expect(kink?.at).toMatch(/^lessEqual f64\[3\] f64\[\], element 0, at .*kinks\.test\.ts:\d+/);
  });

  test("fails with kinks: fail, and is passed over with kinks: skip", () => {
    const f = (a: Tensor) => sum(abs(a));
    const fail = checkGrads(f, [atZero], { kinks: "fail" });
    expect(failing(fail)).toEqual(["numeric"]);
    expect(rungOf(fail, "numeric").failures[0]?.what).toMatch(
      /a kink with slopes -1 and 1, a switch of abs f64\[3\], element 0/,
    );
    expect(rungOf(checkGrads(f, [atZero], { kinks: "skip" }), "numeric").kinks).toEqual([]);
  });

  test("fails where the derivative lies outside of the slopes", () => {
    const outside = { value: Math.abs, gradient: (x: number) => (x === 0 ? 5 : Math.sign(x)) };
    expect(failing(checkGrads(outside, [0]))).toEqual(["numeric"]);
    const inside = { value: Math.abs, gradient: (x: number) => (x === 0 ? 0.3 : Math.sign(x)) };
    expect(checkGrads(inside, [0]).status).toBe("pass");
  });

  test("names maximum and both of its operands at a tie", () => {
    const report = checkGrads(
      (a: Tensor, b: Tensor) => sum(maximum(a, b)),
      [tensor([1, 2]), tensor([1, 3])],
    );
    expect(report.status).toBe("pass");
    expect(rungOf(report, "numeric").kinks.map(({ at }) => at?.split(",")[0])).toEqual(
      new Array(4).fill("maximum f64[2] f64[2]"),
    );
  });
});

test("kinks that cancel leave a derivative, and a wrong one fails", () => {
  // relu(x) − relu(−x) = x, whose derivative at 0 is 1; the conventions give 0.
  const report = checkGrads((a: Tensor) => relu(a).sub(relu(a.neg())), [tensor(0)]);
  expect(failing(report)).toContain("numeric");
});

test("a switch without a kink is no kink", () => {
  const smooth = (a: Tensor) => where(a.less(0), a.mul(a), a.mul(a).mul(a));
  const report = checkGrads(smooth, [tensor(0)]);
  expect(rungOf(report, "numeric")).toMatchObject({ status: "pass", kinks: [] });
});

test.each([1e-2, 1e-5, 1e-7])("a switch %f away does not disturb", (distance) => {
  const report = checkGrads(
    (a: Tensor) => sum(relu(a).mul(a.exp())),
    [tensor([distance, -distance])],
  );
  expect(failing(report)).toEqual([]);
  expect(report.status).toBe("pass");
});

test("a jump has no slope: the place stays open", () => {
  const report = checkGrads((a: Tensor) => floor(a), [tensor(2)]);
  expect(failing(report)).toEqual([]);
  expect(rungOf(report, "numeric").status).toBe("inconclusive");
});

test("plain functions have kinks too", () => {
  const bent = {
    value: (x: number) => Math.max(x, 2 * x),
    gradient: (x: number) => 1.5 + 0.5 * Math.sign(x),
  };
  const report = checkGrads(bent, [0]);
  expect(rungOf(report, "numeric").kinks).toHaveLength(1);
  expect(report.status).toBe("pass");
});

test("a network of many rectifiers passes: directions are found that cross none of them", () => {
  const draw = (n: number, shape: number[]) => random.normal(random.key(n), shape).mul(0.5);
  const net = (x: Tensor, w: Tensor, v: Tensor) => sum(matmul(relu(matmul(x, w)), v).square());
  const report = checkGrads(net, [draw(0, [16, 4]), draw(1, [4, 24]), draw(2, [24, 2])], {
    exhaustive: 64,
  });
  expect(report.status).toBe("pass");
});
