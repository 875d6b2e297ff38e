// For each rung a bug that no other rung catches.
import {
  customJvp,
  div,
  exp,
  logsumexp,
  mul,
  type PrimitiveFunction,
  primitive,
  stopGradient,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { checkGrads } from "@cotangent/gradcheck";
import { expect, test } from "vitest";
import { failing, rungOf } from "./reading.ts";

const x = tensor([0.3, -1.2, 2.5]);

test("structure: a gradient that is right, written over its argument", () => {
  const squares = {
    value: (at: Float64Array) => at.reduce((total, xi) => total + xi * xi, 0),
    gradient(at: Float64Array) {
      for (const i of at.keys()) at[i]! *= 2;
      return at;
    },
  };
  const report = checkGrads(squares, [Float64Array.of(1, -2)]);
  expect(failing(report)).toEqual(["structure"]);
  expect(rungOf(report, "structure").failures[0]?.what).toBe(
    "gradient changes its argument; copy before writing",
  );
});

test("determinism: a gradient whose last bits depend on the order of calls", () => {
  let calls = 0;
  const drifting = {
    value: (at: number) => at ** 3,
    gradient: (at: number) => 3 * at ** 2 * (1 + 2 ** -50 * (++calls % 2)),
  };
  expect(failing(checkGrads(drifting, [0.7]))).toEqual(["determinism"]);
});

test.each([5, 9, 40])("determinism: a state that changes after %d calls", (count) => {
  let calls = 0;
  const state = () => (calls++ > count ? 1 + 2 ** -50 : 1);
  const drifting = {
    value: (at: number) => at ** 3 * state(),
    gradient: (at: number) => 3 * at ** 2,
  };
  const report = checkGrads(drifting, [0.7]);
  expect(failing(report)).toEqual(["determinism"]);
  expect(rungOf(report, "determinism").failures[0]?.what).toMatch(/^value, component 0/);
});

test("dot product: a constant that one of the modes has to nine digits", () => {
  const root = Math.sqrt(2 / Math.PI);
  const pair = {
    value: (at: number) => Math.tanh(root * at),
    jvp: ([at]: readonly [number], [xDot]: readonly [number]) =>
      (root / Math.cosh(root * at) ** 2) * xDot,
    vjp: ([at]: readonly [number], yBar: number) =>
      (0.797884561 / Math.cosh(root * at) ** 2) * yBar,
  };
  expect(failing(checkGrads(pair, [0.7]))).toEqual(["dot product"]);
});

test("numeric: one entry far smaller than the others", () => {
  const steep = {
    value: (at: readonly number[]) => 1e6 * at[0]! ** 2 + 1e-5 * at[1]!,
    gradient: (at: readonly number[]) => [2e6 * at[0]!, 2e-5],
  };
  const report = checkGrads(steep, [[1, 1]]);
  expect(failing(report)).toEqual(["numeric"]);
  expect(rungOf(report, "numeric").failures.map(({ what }) => what)).toEqual(["[0][1]"]);
});

test("symbolic: a constant that both modes have to twelve digits", () => {
  const off = customJvp(
    (a: Tensor) => exp(a),
    ([a], [aDot]) => [exp(a!), mul(mul(aDot!, exp(a!)), 1 + 1e-12)],
  );
  const report = checkGrads((a: Tensor) => sum(off(a)), [x]);
  expect(failing(report)).toEqual(["symbolic"]);
  expect(rungOf(report, "symbolic").failures[0]?.ulp).toBeGreaterThan(1000);
});

test("taylor: a rule that is right, but a constant to the next derivative", () => {
  const flat = customJvp(
    (a: Tensor) => exp(a),
    ([a], [aDot]) => [exp(a!), mul(aDot!, stopGradient(exp(a!)))],
  );
  const report = checkGrads((a: Tensor) => sum(flat(a)), [x]);
  expect(failing(report)).toEqual(["taylor"]);
  expect(rungOf(report, "taylor").failures[0]?.analytic).toBeCloseTo(2, 1);
});

test("nesting: a batching rule that shifts the members", () => {
  const cubeOf: PrimitiveFunction<object> = primitive({
    name: "cube",
    shape: ([at]) => at!,
    evaluate: ([at], out) => ({ ...out, data: at!.data.map((xi) => xi ** 3) }),
    jvp: ([aDot], [a]) => mul(aDot!, mul(3, mul(a!, a!))),
    transpose: () => [null],
    batch: ([a]) => cubeOf([a!.flip(0)], {}),
  });
  const report = checkGrads((a: Tensor) => cubeOf([a], {}), [x]);
  expect(failing(report)).toEqual(["nesting"]);
  expect(report.blame).toMatchObject({ primitive: "cube", rule: "batch" });
});

test("nesting: a batching rule with a NaN behind right numbers", () => {
  const doubleOf: PrimitiveFunction<object> = primitive({
    name: "double",
    shape: ([at]) => at!,
    evaluate: ([at], out) => ({ ...out, data: at!.data.map((xi) => 2 * xi) }),
    jvp: ([aDot]) => mul(aDot!, 2),
    transpose: () => [null],
    batch: ([a]) => mul(doubleOf([a!], {}), tensor([1, 1, Number.NaN])),
  });
  const report = checkGrads((a: Tensor) => doubleOf([a], {}), [x]);
  expect(failing(report)).toEqual(["nesting"]);
});

test("f32: a derivative that overflows in f32 where the value does not", () => {
  const unshifted = customJvp(
    (a: Tensor) => logsumexp(a),
    ([a], [aDot]) => [logsumexp(a!), sum(mul(aDot!, div(exp(a!), sum(exp(a!)))))],
  );
  const report = checkGrads((a: Tensor) => unshifted(a), [tensor([100, 101])]);
  expect(failing(report)).toEqual(["f32"]);
  expect(report.blame).toMatchObject({ primitive: "customJvp", rule: "jvp" });
});

test("f32: a cancellation that f64 forgives", () => {
  const careless = customJvp(
    (a: Tensor) => a.tanh(),
    ([a], [aDot]) => [a!.tanh(), mul(aDot!, a!.tanh().square().neg().add(1))],
  );
  const report = checkGrads((a: Tensor) => careless(a), [tensor([6])], {
    rungs: ["numeric", "f32"],
  });
  expect(failing(report)).toEqual(["f32"]);
});
