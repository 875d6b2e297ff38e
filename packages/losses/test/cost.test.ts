// What a training step costs, counted on its traced graph.
import { type Graph, random, trace, valueAndGrad } from "@cotangent/autodiff";
import { implicit, type MlpParams, mlp, type Objective, sliced } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { countFlops } from "./support/flops.ts";

const H = 128;
const B = 256;

/** The graph of an objective's mean and its parameter gradient; data and draws are arguments. */
function stepGraph(
  objective: Objective<MlpParams>,
  sizes: readonly number[],
  batch: number,
): Graph {
  const params = mlp({ sizes }).init(random.key(0));
  const x = random.normal(random.key(1), [batch, sizes[0] ?? 0]);
  const draws = objective.draw(random.key(2), x);
  const step = (p: MlpParams, data: typeof x, given: typeof draws) =>
    valueAndGrad((q: MlpParams) => objective.perSample(q, data, given).mean())(p);
  return trace(step)(params, x, draws);
}

describe("counted floating-point operations of loss and parameter gradient", () => {
  test.each([2, 20, 200])(
    "implicit by contraction costs at most twice sliced with one projection, d = %i",
    (d) => {
      const sizes = [d, H, H, d];
      const { score } = mlp({ sizes });
      const exact = countFlops(stepGraph(implicit(score), sizes, B));
      const oneSlice = countFlops(stepGraph(sliced(score), sizes, B));
      expect(exact / oneSlice).toBeLessThanOrEqual(2);
    },
  );

  test("by directions, implicit grows by one tangent a dimension", () => {
    const cost = (d: number): number => {
      const sizes = [d, 64, 64, d];
      const objective = implicit(mlp({ sizes }).score, { useContraction: false });
      return countFlops(stepGraph(objective, sizes, 32));
    };
    const [four, eight, sixteen] = [cost(4), cost(8), cost(16)];
    expect((sixteen - eight) / (eight - four)).toBeCloseTo(2, 0);
  });

  test("the contraction's cost hardly grows with d while d is below the width", () => {
    const cost = (d: number): number => {
      const sizes = [d, H, H, d];
      return countFlops(stepGraph(implicit(mlp({ sizes }).score), sizes, B));
    };
    expect(cost(20) / cost(2)).toBeLessThan(1.5);
  });
});

test("the matrix product of two graphs counts 2mnk", () => {
  const graph = trace((a: ReturnType<typeof random.normal>, b: typeof a) => a.matmul(b).tanh())(
    random.normal(random.key(0), [3, 4]),
    random.normal(random.key(1), [4, 5]),
  );
  expect(countFlops(graph)).toBe(2 * 3 * 4 * 5 + 3 * 5);
});
