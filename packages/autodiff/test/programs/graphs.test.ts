import {
  checkGraph,
  eliminateCommonSubexpressions,
  eliminateDeadCode,
  evaluate,
  fromJSON,
  type Graph,
  grad,
  print,
  type Tensor,
  toJSON,
  trace,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { expectSameBits } from "../support/close.ts";
import {
  anyPrograms,
  functionOf,
  holdsForPrograms,
  inputsOf,
  scalarOf,
  writablePrograms,
} from "../support/program.ts";

const run = (graph: Graph, x: readonly Tensor[]) => evaluate(graph, x) as Tensor;

test("a random program and its gradient, traced and evaluated, give the eager bits", () => {
  holdsForPrograms(anyPrograms, (program) => {
    const x = inputsOf(program);
    for (const f of [functionOf(program), grad(scalarOf(program)) as (...x: Tensor[]) => Tensor])
      expectSameBits(run(checkGraph(trace(f)(...x)), x), f(...x), "value");
  });
});

test("eliminating dead code and common subexpressions keeps the value of a random program", () => {
  holdsForPrograms(anyPrograms, (program) => {
    const x = inputsOf(program);
    const graph = trace((...at: Tensor[]) => grad(scalarOf(program))(...at))(...x);
    const live = checkGraph(eliminateDeadCode(graph));
    const shared = checkGraph(eliminateCommonSubexpressions(live));
    expect(live.equations.length).toBeLessThanOrEqual(graph.equations.length);
    expect(shared.equations.length).toBeLessThanOrEqual(live.equations.length);
    expectSameBits(run(live, x), run(graph, x), "without dead code");
    expectSameBits(run(shared, x), run(graph, x), "without repeats");
  });
});

test("a random program's gradient survives JSON, and prints the same twice", () => {
  holdsForPrograms(
    writablePrograms,
    (program) => {
      const x = inputsOf(program);
      const traced = () => trace((...at: Tensor[]) => grad(scalarOf(program))(...at))(...x);
      const graph = traced();
      expect(print(traced())).toBe(print(graph));
      const back = fromJSON(JSON.parse(JSON.stringify(toJSON(graph))));
      expectSameBits(run(back, x), run(graph, x), "read back");
    },
    0.5,
  );
});
