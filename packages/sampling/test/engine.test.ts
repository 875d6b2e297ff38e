// Samplers hand one pure step to an engine, and give the same numbers with it.
import { evaluate, type Graph, random, type Tensor, type Tree, trace } from "@cotangent/autodiff";
import { annealedLangevin, langevin, mala, type StepEngine } from "@cotangent/sampling";
import { expect, test } from "vitest";

/** An engine that traces each function once and evaluates the graph; it counts both. */
function tracingEngine() {
  const counts = { traces: 0, calls: 0 };
  const engine: StepEngine = {
    compile<F extends (...args: Tree[]) => Tree>(f: F): F {
      let graph: Graph | undefined;
      const run = (...args: Tree[]): Tree => {
        if (!graph) {
          graph = trace(f)(...args);
          counts.traces++;
        }
        counts.calls++;
        return evaluate(graph, args) as Tree;
      };
      return run as F;
    },
  };
  return { engine, counts };
}

const score = (x: Tensor): Tensor => x.neg();
const logDensity = (x: Tensor): Tensor => x.square().sum(-1).mul(-0.5);
const x0 = random.normal(random.key(1), [4, 2]);
const key = random.key(2);
const chain = { steps: 3, stepSize: 0.2 };
const levels = { sigmas: [2, 1], stepsPerLevel: 3, stepSize: 0.2 };

test.each<[string, (engine?: StepEngine) => Tensor, number]>([
  ["langevin", (engine) => langevin(score, { ...chain, ...(engine && { engine }) })(x0, key), 3],
  [
    "mala",
    (engine) => mala(logDensity, { ...chain, ...(engine && { engine }) })(x0, key).samples,
    3,
  ],
  [
    "annealedLangevin",
    (engine) => annealedLangevin(score, { ...levels, ...(engine && { engine }) })(x0, key),
    6,
  ],
])("%s compiles its step once for the whole run and returns the same numbers", (_, run, calls) => {
  const { engine, counts } = tracingEngine();
  expect(run(engine).data).toEqual(run().data);
  expect(counts).toEqual({ traces: 1, calls });
});

test("an engine that loses a tensor is an error that says so", () => {
  const broken: StepEngine = {
    compile<F extends (...args: Tree[]) => Tree>(): F {
      return ((): Tree => 0) as F;
    },
  };
  expect(() => langevin(score, { ...chain, engine: broken })(x0, key)).toThrow(
    /expected the engine/,
  );
});
