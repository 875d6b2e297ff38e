// Training through the compiler: the same losses and weights as through the interpreter, to rounding.
import { random, tree } from "@cotangent/autodiff";
import { cpuEngine } from "@cotangent/cpu-kernels";
import { denoising, gaussian, implicit, mlp, type Objective, sliced } from "@cotangent/losses";
import { langevin } from "@cotangent/sampling";
import { adam, type Engine, type FitOptions, fit, interpreter } from "@cotangent/training";
import { expect, test } from "vitest";

const network = mlp({ sizes: [3, 16, 16, 3], activation: "tanh" });
const data = random.normal(random.key(1), [200, 3]);

const objectives: readonly Objective[] = [
  implicit(network.score),
  sliced(network.score),
  denoising(network.score, { noise: gaussian(0.3) }),
];

function train(objective: Objective, engine: Engine, more: Partial<FitOptions> = {}) {
  return fit({
    objective,
    params: network.init(random.key(0)),
    data,
    optimiser: adam({ learningRate: 0.01, clipNorm: 5 }),
    engine,
    seed: 0,
    steps: 30,
    batchSize: 64,
    ema: 0.9,
    ...more,
  });
}

const largestDifference = (a: unknown, b: unknown): number =>
  Math.max(
    ...tree.leaves(a).flatMap((x, i) => {
      const other = tree.leaves(b)[i]!.data;
      return Array.from(x.data, (value, j) => Math.abs(value - other[j]!));
    }),
  );

for (const objective of objectives)
  test(`${objective.name}: thirty compiled steps end where interpreted ones do`, () => {
    const [compiled, interpreted] = [cpuEngine(), interpreter].map((engine) =>
      train(objective, engine),
    );
    expect(largestDifference(compiled!.params, interpreted!.params)).toBeLessThan(1e-9);
    expect(largestDifference(compiled!.emaParams, interpreted!.emaParams)).toBeLessThan(1e-9);
    compiled!.history.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(interpreted!.history[i]!.loss, 8);
    });
  });

test("weights that onStep read do not change with later steps", () => {
  const seen: unknown[] = [];
  const result = train(objectives[0]!, cpuEngine(), {
    onStep: (_metrics, weights) => void seen.push(weights().params),
  });
  expect(largestDifference(seen.at(-1), result.params)).toBe(0);
  expect(largestDifference(seen[0], seen[1])).toBeGreaterThan(0);
  const { params } = train(objectives[0]!, interpreter, { steps: 1 });
  expect(largestDifference(seen[0], params)).toBeLessThan(1e-12);
});

test("two compiled runs have the same bits, with validation or without", () => {
  const [plain, again, watched] = [{}, {}, { validation: { data, every: 10 } }].map((more) =>
    train(objectives[1]!, cpuEngine(), more),
  );
  expect(largestDifference(plain!.params, again!.params)).toBe(0);
  expect(watched!.history.map(({ loss }) => loss)).toEqual(plain!.history.map(({ loss }) => loss));
});

test("a sampler's step compiles: the chain is the interpreter's, to rounding", () => {
  const params = network.init(random.key(2));
  const chain = (engine: Engine) =>
    langevin((x) => network.score(params, x), { steps: 50, stepSize: 0.01, engine })(
      data,
      random.key(3),
    );
  expect(largestDifference(chain(cpuEngine()), chain(interpreter))).toBeLessThan(1e-10);
});
