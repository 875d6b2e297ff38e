// Right derivatives at points that are hard to judge: none of them may be called wrong.
import {
  add,
  cos,
  div,
  erf,
  log,
  logSoftmax,
  logsumexp,
  mul,
  prod,
  random,
  sin,
  softmax,
  sub,
  type Tensor,
  tanh,
  tensor,
} from "@cotangent/autodiff";
import { checkGrads } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing, rungOf } from "./reading.ts";

type Function = (x: Tensor) => Tensor;

describe("passes", () => {
  const cases: readonly (readonly [string, Function, readonly number[]])[] = [
    ["1/x at 1e-12, where long steps agree on another slope", (x) => div(1, x), [1e-12, 1]],
    ["log at 1e-10, beside an output that depends on nothing tiny", log, [1e-10, 1]],
    ["tanh where its slope is 1e-43", tanh, [20, 50, -400]],
    ["erf where its slope is 1e-44", erf, [5, 10, -20]],
    ["softmax where all but one vanish", softmax, [0, 100, -400]],
    ["logSoftmax where all but one vanish", logSoftmax, [0, 100, -400]],
    ["logsumexp whose Hessian is 1e-39", (x) => logsumexp(mul(x, 100)), [1, 2, -1, 0.5]],
    ["logSoftmax whose Hessian is a difference of larger terms", logSoftmax, [0, 10, -4]],
    ["a product with two zeros", (x) => prod(x), [0, 0, 3]],
  ];
  test.each(cases)("%s", (_name, f, x) => {
    expect(checkGrads(f, [tensor(x)])).toMatchObject({ status: "pass" });
  });
});

describe("does not fail", () => {
  const cases: readonly (readonly [string, Function, readonly number[]])[] = [
    ["sin of 1e10, where steps skip periods", sin, [1e10, 1e3]],
    ["sin of 1e16, which rounding turns by whole periods", sin, [1e16, 1e3]],
    ["log between 1e-100 and 1e100", log, [1e-100, 1e-10, 1, 1e100]],
    ["log of 1e-30", log, [1e-30, 1]],
  ];
  test.each(cases)("%s", (_name, f, x) => {
    expect(failing(checkGrads(f, [tensor(x)]))).toEqual([]);
  });
});

describe("plain functions", () => {
  const single = Math.fround;
  const total = (terms: readonly number[]) => terms.reduce((a, b) => single(a + single(b)), 0);

  test("that round to f32 inside pass, and fail when 1% off", () => {
    const slope = (x: number) => single(1 - Math.tanh(x) ** 2);
    const off = (factor: number) => ({
      value: (x: readonly number[]) => total(x.map((xi) => Math.tanh(single(xi)))),
      gradient: (x: readonly number[]) => x.map((xi) => factor * slope(xi)),
    });
    expect(checkGrads(off(1), [[0.3, 1.2, -0.7]]).status).toBe("pass");
    expect(checkGrads(off(1.01), [[0.3, 1.2, -0.7]]).status).toBe("fail");
  });

  test("in f32 pass with zeros in the Jacobian", () => {
    const squares = {
      value: (x: Float32Array) => x.map((xi) => xi * xi),
      vjp: ([x]: readonly [Float32Array], yBar: Float32Array) => [
        x.map((xi, i) => 2 * xi * yBar[i]!),
      ],
    };
    expect(checkGrads(squares, [Float32Array.of(1, 2)]).status).toBe("pass");
  });

  test("with a value rounded to six decimals do not fail, and do when 5% off", () => {
    const rounded = (factor: number) => ({
      value: (x: number) => Number((x * x).toFixed(6)),
      gradient: (x: number) => factor * x,
    });
    expect(failing(checkGrads(rounded(2), [1.5]))).toEqual([]);
    expect(checkGrads(rounded(2.1), [1.5]).status).toBe("fail");
  });

  test.each([1e-5, 1e-8, 1e-12, -1e-14])("of 1/x at %f pass, and fail when 1% off", (x) => {
    const off = (factor: number) => ({
      value: (at: number) => 1 / at,
      gradient: (at: number) => -factor / at / at,
    });
    expect(checkGrads(off(1), [x]).status).toBe("pass");
    expect(checkGrads(off(1.01), [x]).status).toBe("fail");
  });

  test("without a second derivative do not fail by chance", () => {
    const wild = {
      value: (x: number) => (x === 0 ? 0 : x * x * Math.sin(1 / x)),
      gradient: (x: number) => (x === 0 ? 0 : 2 * x * Math.sin(1 / x) - Math.cos(1 / x)),
    };
    for (const seed of [0, 1, 2, 3]) expect(failing(checkGrads(wild, [0], { seed }))).toEqual([]);
  });
});

test("a stopGradient that changes nothing is not blamed for what else is wrong", () => {
  // Shifting logsumexp by its largest argument leaves its value as it is.
  const bent = (x: Tensor) => add(logsumexp(x), sub(x.relu(), x.neg().relu()));
  const report = checkGrads(bent, [tensor([0, 1])]);
  expect(rungOf(report, "numeric").status).toBe("fail");
  expect(report.blame?.primitive).not.toBe("stopGradient");
});

test("rounding is not blamed on a rule: (1 − cos x)/x² at 1e-6", () => {
  const f = (x: Tensor) => div(sub(1, cos(x)), mul(x, x));
  expect(failing(checkGrads(f, [tensor([1e-6])]))).toEqual([]);
});

test("a third derivative whose terms are larger than itself", () => {
  const f = (x: Tensor) => logSoftmax(mul(x, 5)).slice([0, 0], [4, 1]).mean();
  for (const seed of [2, 16]) {
    const x = random.normal(random.key(7 * seed), [4, 3]);
    expect(failing(checkGrads(f, [x], { seed, order: 3 }))).toEqual([]);
  }
});
