// Every rule of every primitive of the family, against 64 digits: 8 u (Σ|t| + Σ|xᵢ ∂ᵢt|) at most.
import { type PrimitiveFunction, type Tensor, tensor } from "@cotangent/autodiff";
import {
  checkGrads,
  checkPrimitive,
  explain,
  type PrimitiveCase,
  type RuleName,
} from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { deviceMlp, networkPrimitives } from "../../src/index.ts";
import { type ActivationName, activationNames } from "../../src/kernels/index.ts";
import {
  denseAccumulateWeight,
  denseBackwardCurved,
  denseBackwardHidden,
} from "../../src/primitive/fused.ts";
import { normals } from "../support/draws.ts";
import { testNetwork } from "../support/networks.ts";
import { definitions } from "./definitions.ts";

const full = process.env.COTANGENT_FULL === "1";

/** Normal numbers in f64, away from 0, where relu has its kink. */
const numbers = (seed: number, ...shape: number[]): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from(normals(seed, size), (v) => v + Math.sign(v) / 4);
  return tensor(values, { shape });
};
const isBent = (activation: ActivationName) => !["relu", "identity"].includes(activation);

const primitives = [
  ...networkPrimitives,
  ...[denseAccumulateWeight, denseBackwardCurved, denseBackwardHidden].map((f) => f.primitive),
];

function expectPasses(
  name: string,
  at: readonly PrimitiveCase[],
  rules: readonly RuleName[] = ["jvp", "transpose", "batch"],
): void {
  const primitive = primitives.find((one) => one.name === name);
  const subject = { primitive } as unknown as PrimitiveFunction<object>;
  const { failures, worst } = checkPrimitive(subject, {
    at,
    rules,
    definition: definitions[name]!,
  });
  expect(failures).toEqual([]);
  expect(worst).toBeLessThanOrEqual(8);
}

test("every primitive has a definition to be held to", () => {
  expect(primitives.map(({ name }) => name).sort()).toEqual(Object.keys(definitions).sort());
});

describe("in every direction, alone and together, and for every choice of batches", () => {
  const small = [numbers(1, 1, 2), numbers(2, 2, 1), numbers(3, 1)];
  test.each([
    ["dense", [numbers(1, 2, 2), numbers(2, 2, 3), numbers(3, 3)]],
    ["denseTangent", [numbers(1, 2, 2), numbers(2, 2, 3)]],
    ["denseBackwardInput", [numbers(1, 2, 3), numbers(2, 2, 3)]],
    ["denseBackwardWeight", [numbers(1, 2, 2), numbers(2, 2, 3)]],
    ["denseBackwardBias", [numbers(1, 3, 2)]],
    ["denseAccumulateWeight", [numbers(1, 2, 2), numbers(2, 2, 1), numbers(3, 2, 1)]],
  ])("%s", (name, inputs) => {
    expectPasses(name, [{ inputs, order: 2, isSmooth: true }]);
  });

  test("dense, to the third order", () => {
    expectPasses("dense", [{ inputs: small, order: 3, isSmooth: true }]);
  });

  test.each(activationNames)("activation and scaleByDerivative of %s", (activation) => {
    // Sums of powers of one exponential: one of them stands for all in the third order.
    const order = activation === "silu" || (full && isBent(activation)) ? 3 : 2;
    for (const k of [0, 1, 2] as const)
      expectPasses("activation", [
        { inputs: [numbers(4, 1, 2)], params: { activation, order: k }, order },
      ]);
    for (const k of [1, 2] as const)
      expectPasses("scaleByDerivative", [
        { inputs: [numbers(4, 1, 1), numbers(5, 1, 1)], params: { activation, order: k }, order },
      ]);
  });

  test.each(full ? (["tanh", "silu"] as const) : (["tanh"] as const))(
    "the fused passes with %s",
    (activation) => {
      const [y, weight, a, slopeBar] = [
        numbers(1, 1, 2),
        numbers(2, 1, 2),
        numbers(3, 1, 1),
        numbers(4, 1, 1),
      ];
      const params = { activation };
      expectPasses("denseBackwardHidden", [{ inputs: [y, weight, a], params, isSmooth: true }]);
      expectPasses("denseBackwardCurved", [
        { inputs: [y, weight, a, slopeBar], params, isSmooth: true },
      ]);
    },
  );

  test.each(activationNames)("mlp with %s, where no sum cancels", (activation) => {
    const positive = (seed: number, ...shape: number[]) => numbers(seed, ...shape).abs();
    const inputs = [
      positive(1, 1, 2),
      ...[positive(2, 2, 2), positive(3, 2)],
      ...[positive(4, 2, 1), positive(5, 1)],
    ];
    const rules = ["jvp", "transpose"] as const;
    expectPasses("mlp", [{ inputs, params: { activation }, order: 1 }], rules);
  });
});

describe("the checker of gradients passes the whole function to the third order", () => {
  test.each(activationNames)("%s", (activation) => {
    const { exact } = testNetwork(full ? [2, 3, 2] : [1, 2, 1], activation);
    const f = deviceMlp({ activation });
    const report = checkGrads(
      (params: typeof exact, x: Tensor) => f(params, x),
      [exact, full ? numbers(6, 2, 2) : numbers(6, 2, 1)],
      {
        order: 3,
        name: `deviceMlp with ${activation}`,
      },
    );
    expect(report.status, explain(report)).toBe("pass");
  });
});
