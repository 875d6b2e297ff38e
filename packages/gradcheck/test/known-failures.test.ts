// Defects that other checkers and libraries are known for, each with the weak check that lets it pass.
import { customJvp, exp, max, mul, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { checkGrads } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing, rungOf } from "./reading.ts";

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, ai, i) => total + ai * b[i]!, 0);
const softmax = (x: readonly number[]) => {
  const weights = x.map((xi) => Math.exp(xi - Math.max(...x)));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};

test("an all-zero JVP does not pass, however many outputs there are", () => {
  // A tolerance that grows with the norm of ones over all outputs accepts it (JAX).
  const size = 10_000;
  const spread = {
    value: (x: number) =>
      Float64Array.from({ length: size }, (_, i) => Math.sin(x * (1 + i / size))),
    jvp: () => new Float64Array(size),
  };
  const report = checkGrads(spread, [0.5]);
  expect(report.status).toBe("fail");
  expect(report.hints[0]).toMatch(/zero where it should not be/);
});

test("a softmax rule that is twice too large does not pass, although a cotangent of ones sees nothing", () => {
  const twice = (s: readonly number[], yBar: readonly number[]) =>
    s.map((si, i) => 2 * si * (yBar[i]! - dot(s, yBar)));
  const x = [0.1, 1.2, -0.4];
  const byOnes = twice(softmax(x), [1, 1, 1]);
  for (const g of byOnes) expect(Math.abs(g)).toBeLessThan(1e-15);
  const pair = {
    value: softmax,
    jvp: ([at]: readonly [readonly number[]], [xDot]: readonly [readonly number[]]) =>
      softmax(at).map((si, i) => si * (xDot[i]! - dot(softmax(at), xDot))),
    vjp: ([at]: readonly [readonly number[]], yBar: readonly number[]) => twice(softmax(at), yBar),
  };
  const report = checkGrads(pair as never, [x] as never);
  expect(failing(report)).toEqual(["dot product", "numeric"]);
  expect(report.hints[0]).toMatch(/factor two/);
});

describe("a gradient that is 0.3% off", () => {
  const off = {
    value: (x: number) => Math.exp(2 * x),
    gradient: (x: number) => 2.006 * Math.exp(2 * x),
  };

  test("passes a Taylor test over four steps", () => {
    const steps = [0.5, 0.25, 0.125, 0.0625];
    const x = 0.3;
    const remainders = steps.map((h) => off.value(x + h) - off.value(x) - h * off.gradient(x));
    const slopes = remainders.slice(1).map((r, i) => Math.log2(remainders[i]! / r));
    expect(Math.min(...slopes)).toBeGreaterThan(1.9);
  });

  test("fails here, on the Taylor rung too", () => {
    const report = checkGrads(off, [0.3]);
    expect(failing(report)).toEqual(["numeric", "taylor"]);
    expect(report.hints[0]).toMatch(/1\.003 times/);
  });
});

test("a small error in f32 fails, where differences in f32 are further off than the error", () => {
  const x = 100;
  const f = (at: number) => Math.fround(Math.log(Math.fround(Math.fround(at) * 1000)));
  const h = 1e-5;
  const difference = (f(x + h) - f(x - h)) / (2 * h);
  expect(Math.abs(difference / (1 / x) - 1)).toBeGreaterThan(0.01);
  const log = customJvp(
    (a: Tensor) => a.mul(1000).log(),
    ([a], [aDot]) => [a!.mul(1000).log(), aDot!.div(a!).mul(1.01)],
  );
  const report = checkGrads((a: Tensor) => log(a), [tensor([x], { dtype: "f32" })]);
  expect(failing(report)).toContain("numeric");
});

test("an antisymmetric error fails, which one projection on equal directions never sees", () => {
  const jacobian = [
    [1, 2],
    [3, 4],
  ];
  const wrong = [
    [1, 2.5],
    [2.5, 4],
  ];
  const times = (a: readonly (readonly number[])[], x: readonly number[]) =>
    a.map((row) => dot(row, x));
  const u = [0.6, -1.3];
  expect(dot(u, times(jacobian, u))).toBeCloseTo(dot(u, times(wrong, u)), 14);
  const linear = {
    value: (x: readonly number[]) => times(jacobian, x),
    jvp: (_: unknown, [xDot]: readonly [readonly number[]]) => times(wrong, xDot),
  };
  const report = checkGrads(linear as never, [[1, 1]] as never);
  expect(failing(report)).toEqual(["numeric", "taylor"]);
});

test("max that gives every tied element the whole cotangent fails, a share for each passes", () => {
  const ties = (share: (count: number) => number) => ({
    value: (x: readonly number[]) => Math.max(...x),
    gradient(x: readonly number[]) {
      const isTop = x.map((xi) => xi === Math.max(...x));
      return isTop.map((top) => (top ? share(isTop.filter(Boolean).length) : 0));
    },
  });
  const x = [2, 1, 2, 2];
  expect(
    failing(
      checkGrads(
        ties(() => 1),
        [x],
      ),
    ),
  ).toContain("numeric");
  expect(
    failing(
      checkGrads(
        ties((count) => 1 / count),
        [x],
      ),
    ),
  ).toEqual([]);
  expect(checkGrads((a: Tensor) => max(a), [tensor(x)]).status).toBe("pass");
});

test("NaN where the value is finite fails: grad(sigmoid)(−89), grad(power(x, 3))(0), grad(softplus)(100)", () => {
  const naive: [(x: number) => number, (x: number) => number, number][] = [
    [(x) => 1 / (1 + Math.exp(-x)), (x) => Math.exp(-8 * x) / (1 + Math.exp(-8 * x)) ** 2, -89],
    [(x) => x ** 3, (x) => (x ** 3 * 3) / x, 0],
    [(x) => Math.max(x, 0), (x) => Math.exp(8 * x) / (1 + Math.exp(8 * x)), 100],
  ];
  for (const [value, gradient, x] of naive) {
    const report = checkGrads({ value, gradient }, [x]);
    expect(failing(report)).toEqual(["structure"]);
    expect(rungOf(report, "structure").failures[0]?.what).toBe(
      "vjp is NaN where the value is finite",
    );
  }
});

test("tanh that is 1.3% wrong near 0 fails", () => {
  const tanh = { value: Math.tanh, gradient: (x: number) => (1 - Math.tanh(x) ** 2) * 1.013 };
  expect(checkGrads(tanh, [1e-6]).status).toBe("fail");
});

test("a score with the wrong sign is told so", () => {
  const wrong = customJvp(
    (a: Tensor) => exp(mul(-0.5, mul(a, a))),
    ([a], [aDot]) => [
      exp(mul(-0.5, mul(a!, a!))),
      mul(aDot!, mul(a!, exp(mul(-0.5, mul(a!, a!))))),
    ],
  );
  const report = checkGrads((a: Tensor) => sum(wrong(a)), [tensor([0.5, -1])]);
  expect(report.hints[0]).toMatch(/sign is wrong/);
});
