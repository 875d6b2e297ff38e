// Objectives are pure functions: they trace, vmap and differentiate like any other.
import {
  checkGraph,
  evaluate,
  grad,
  random,
  type Tensor,
  tensor,
  trace,
  vmap,
} from "@cotangent/autodiff";
import {
  type Draws,
  denoising,
  explicit,
  finiteDifference,
  gaussian,
  gaussianFull,
  gaussianLadder,
  implicit,
  laplace,
  logistic,
  type MlpParams,
  mlp,
  type Objective,
  orthogonal,
  scoreOf,
  sliced,
  studentT,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";

const model = mlp({ sizes: [3, 6, 5, 3] });
const { score } = model;
const energy = scoreOf<MlpParams>((p, x) => score(p, x).mul(x).sum(-1));
const deep = mlp({ sizes: [3, 4, 4, 4, 3] });
const full = gaussianFull([
  [1, 0.2, 0],
  [0.2, 0.5, 0],
  [0, 0, 2],
]);
const ladder = gaussianLadder({ from: 1, to: 0.1, levels: 4 });
const objectives: readonly Objective<MlpParams>[] = [
  explicit(score, (x) => x.neg()),
  implicit(score),
  implicit(score, { useContraction: false }),
  implicit(energy),
  sliced(score),
  sliced(score, { projections: 2, distribution: orthogonal, reduced: true }),
  sliced(energy, { projections: 3, distribution: orthogonal }),
  finiteDifference(score, { radius: 0.1, projections: 2 }),
  ...[gaussian(0.3), laplace(0.3), logistic(0.3), studentT(4, 0.3), full, ladder].flatMap(
    (noise) => [denoising(score, { noise }), denoising(score, { noise, controlVariate: true })],
  ),
];

const params = model.init(random.key(1));
const x = random.normal(random.key(2), [4, 3]);
const key = random.key(3);

describe.each(objectives.map((objective, i) => [`${i} ${objective.name}`, objective] as const))(
  "%s",
  (_, objective) => {
    const mean = (p: MlpParams, data: Tensor, k: Tensor): Tensor => objective.mean(p, data, k);

    test("traced, with data and key as arguments, it evaluates to the same numbers", () => {
      const gradient = (p: MlpParams, data: Tensor, k: Tensor) => grad(mean)(p, data, k);
      for (const f of [mean, gradient]) {
        const graph = trace(f)(params, x, key);
        checkGraph(graph);
        const traced = evaluate(graph, [params, x, key]);
        expect(JSON.stringify(numbers(traced))).toBe(JSON.stringify(numbers(f(params, x, key))));
      }
    });

    test("its parameter gradient agrees with central differences along a random direction", () => {
      const draws = objective.draw(key, x);
      const value = (p: MlpParams) => objective.perSample(p, x, draws).mean();
      const direction = model.init(random.key(4));
      const at = (t: number): number =>
        value({
          layers: params.layers.map((layer, l) => {
            const along = direction.layers[l] ?? layer;
            return {
              weight: layer.weight.add(along.weight.mul(t)),
              bias: layer.bias.add(along.bias.add(0.1).mul(t)),
            };
          }),
        }).item();
      const gradient = grad(value)(params);
      const derivative = gradient.layers.reduce((sum, layer, l) => {
        const along = direction.layers[l] ?? layer;
        return (
          sum +
          layer.weight.mul(along.weight).sum().item() +
          layer.bias.mul(along.bias.add(0.1)).sum().item()
        );
      }, 0);
      const h = 1e-3;
      const differences = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      expect(Math.abs(derivative - differences)).toBeLessThan(
        1e-7 * Math.max(1, Math.abs(derivative)),
      );
    });

    test("a vmap over keys equals a loop", () => {
      const keys = tensor(
        [0, 1, 2].flatMap((seed) => [seed, 9]),
        { dtype: "u32" },
      ).reshape([3, 2]);
      const together = vmap((k: Tensor) => objective.mean(params, x, k))(keys);
      const loop = [0, 1, 2].map((i) =>
        objective.mean(params, x, keys.slice([i, 0], [i + 1, 2]).reshape([2])).item(),
      );
      expectClose(together, loop, 1e-10 * Math.max(1, ...loop.map(Math.abs)));
    });

    test("a vmap over samples, one at a time, equals the batch", () => {
      const draws = objective.draw(key, x);
      const one = (row: Tensor, own: Draws): Tensor =>
        objective
          .perSample(
            params,
            row.reshape([1, 3]),
            Object.fromEntries(
              Object.entries(own).map(([name, value]) => [name, singleRow(name, value)]),
            ),
          )
          .reshape([]);
      const axes = Object.fromEntries(
        Object.keys(draws).map((name) => [name, name === "v" ? 1 : 0]),
      );
      const together = vmap(one, [0, axes])(x, draws);
      expectClose(together, Array.from(objective.perSample(params, x, draws).data), 1e-9);
    });
  },
);

/** A draw of one sample as a batch of one: v [M, d] → [M, 1, d], delta [d] → [1, d], sigma [] → [1]. */
const singleRow = (name: string, value: Tensor): Tensor => value.expandDims(name === "v" ? 1 : 0);

/** The leaves of a result as plain arrays. */
function numbers(value: unknown): unknown {
  if (
    value !== null &&
    typeof value === "object" &&
    "toArray" in value &&
    typeof value.toArray === "function"
  )
    return value.toArray();
  if (Array.isArray(value)) return value.map(numbers);
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, numbers(child)]));
  return value;
}

test("a deep network's implicit gradient survives a trace", () => {
  const p = deep.init(random.key(5));
  const objective = implicit(deep.score);
  const f = (q: MlpParams) => grad((r: MlpParams) => objective.mean(r, x, key))(q);
  expect(numbers(evaluate(trace(f)(p), [p]))).toEqual(numbers(f(p)));
});
