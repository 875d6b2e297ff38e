// The perceptron's exact trace against d tangents, at every depth, activation and dtype.
import { grad, jvp, mean, random, type Tensor, tensor, vmap } from "@cotangent/autodiff";
import { type Activation, implicit, type MlpParams, mlp, type Objective } from "@cotangent/losses";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planCycle } from "../src/network/cyclic-trace.ts";
import { expectClose } from "./support/close.ts";

/** Parameters with biases too, so that no term is zero by accident. */
function randomParams(model: ReturnType<typeof mlp>, seed: number): MlpParams {
  const key = random.key(seed);
  return {
    layers: model.init(key).layers.map(({ weight, bias }, l) => ({
      weight,
      bias: random.normal(random.foldIn(key, 100 + l), bias.shape),
    })),
  };
}

/** Value and parameter gradient of an objective without draws. */
function evaluate(objective: Objective<MlpParams>, params: MlpParams, x: Tensor): number[] {
  const gradient = grad((p: MlpParams) => mean(objective.perSample(p, x, {})))(params);
  const leaves = gradient.layers.flatMap(({ weight, bias }) => [...weight.data, ...bias.data]);
  return [...objective.perSample(params, x, {}).data, ...leaves];
}

function expectTraceAgrees(sizes: readonly number[], activation: Activation, seed: number): void {
  const model = mlp({ sizes, activation });
  const params = randomParams(model, seed);
  const x = random.normal(random.key(seed + 1), [4, sizes[0] ?? 0]);
  const fast = evaluate(implicit(model.score), params, x);
  const generic = evaluate(implicit(model.score, { useContraction: false }), params, x);
  expectClose(tensor(fast), generic, 1e-10 * Math.max(1, ...generic.map(Math.abs)));
}

describe("the contraction equals d tangents to 1e-10, with its parameter gradient", () => {
  test.each([
    ["no hidden layer", [4, 4]],
    ["one", [3, 7, 3]],
    ["two", [3, 6, 5, 3]],
    ["three", [3, 6, 4, 5, 3]],
    ["three, merged W₄W₁", [9, 3, 4, 3, 9]],
    ["four, narrow in the middle", [5, 6, 2, 7, 5, 5]],
    ["five", [3, 4, 5, 4, 6, 4, 3]],
    ["one dimension", [1, 5, 4, 1]],
  ])("%s", (_, sizes) => {
    expectTraceAgrees(sizes, "tanh", 1);
  });

  test.each<Activation>([
    "softplus",
    "silu",
    "gelu",
    "sigmoid",
    "relu",
    "identity",
    (a) => a.sin(),
  ])("activation %s", (activation) => {
    expectTraceAgrees([3, 6, 5, 3], activation, 2);
  });

  test("random widths and depths", () => {
    const width = fc.integer({ min: 1, max: 7 });
    const sizes = fc
      .tuple(width, fc.array(width, { maxLength: 5 }))
      .map(([d, hidden]) => [d, ...hidden, d]);
    fc.assert(
      fc.property(sizes, fc.nat(1000), (list, seed) => {
        expectTraceAgrees(list, "tanh", seed);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the plan of a deep contraction", () => {
  test("cuts a deep network at its narrowest layer", () => {
    expect(planCycle([50, 40, 40, 3, 40, 50], 256)).toMatchObject({ merge: true, cut: 2 });
  });
  test("cuts at the input when that is narrowest", () => {
    expect(planCycle([2, 64, 64, 64, 2], 256)).toMatchObject({ merge: false, cut: 0 });
  });
  test("never costs more than a tangent for each of min(d, narrowest) directions", () => {
    const sizes = [12, 30, 8, 20, 12];
    const tangents = 2 * 256 * 8 * (8 * 20 + 20 * 12 + 12 * 30 + 30 * 8);
    expect(planCycle(sizes, 256).cost).toBeLessThanOrEqual(tangents);
  });
});

test("apply, score and jacobianTrace are one network", () => {
  const model = mlp({ sizes: [2, 5, 2] });
  const params = model.init(random.key(3));
  const x = random.normal(random.key(4), [3, 2]);
  expect(model.apply(params, x).data).toEqual(model.score(params, x).data);
  expect(model.jacobianTrace(params, x).shape).toEqual([3]);
});

test("the per-sample Jacobian's trace, written out for one sample, is jacobianTrace", () => {
  const model = mlp({ sizes: [3, 4, 4, 3] });
  const params = randomParams(model, 5);
  const x = random.normal(random.key(6), [2, 3]);
  const diagonal = (b: number, i: number): number => {
    const e = tensor([[0, 1, 2].map((j) => Number(i === j))]);
    const row = x.slice([b, 0], [b + 1, 3]);
    return jvp((z: Tensor) => model.apply(params, z), [row], [e])[1].data[i] ?? Number.NaN;
  };
  const expected = [0, 1].map((b) => diagonal(b, 0) + diagonal(b, 1) + diagonal(b, 2));
  expectClose(model.jacobianTrace(params, x), expected, 1e-12);
});

test("in f32 everything stays f32", () => {
  const model = mlp({ sizes: [3, 8, 8, 3] });
  const params = model.init(random.key(7), { dtype: "f32" });
  const x = random.normal(random.key(8), [5, 3], { dtype: "f32" });
  expect(model.apply(params, x).dtype).toBe("f32");
  expect(model.jacobianTrace(params, x).dtype).toBe("f32");
});

test("a vmap over parameters equals a loop", () => {
  const model = mlp({ sizes: [2, 4, 4, 2] });
  const seeds = [0, 1, 2];
  const stacked = vmap((key: Tensor) => model.init(key))(
    tensor(
      seeds.flatMap((s) => [s, 0]),
      { dtype: "u32" },
    ).reshape([3, 2]),
  );
  const x = random.normal(random.key(9), [4, 2]);
  const together = vmap((p: MlpParams) => model.jacobianTrace(p, x))(stacked);
  const loop = seeds.flatMap((seed) => [
    ...model.jacobianTrace(model.init(random.key(seed)), x).data,
  ]);
  expectClose(together, loop, 1e-12);
});
