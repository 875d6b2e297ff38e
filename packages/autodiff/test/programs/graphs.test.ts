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

test("a random program, traced and evaluated, gives the eager bits", () => {
  holdsForPrograms(anyPrograms, (program) => {
    const [f, x] = [functionOf(program), inputsOf(program)];
    expectSameBits(run(checkGraph(trace(f)(...x)), x), f(...x), "value");
  });
});

test("so does its gradient, also without dead and repeated equations", () => {
  holdsForPrograms(anyPrograms, (program) => {
    const x = inputsOf(program);
    const gradient = (...at: Tensor[]) => grad(scalarOf(program))(...at);
    const graph = checkGraph(trace(gradient)(...x));
    const live = checkGraph(eliminateDeadCode(graph));
    const shared = checkGraph(eliminateCommonSubexpressions(live));
    expect(live.equations.length).toBeLessThanOrEqual(graph.equations.length);
    expect(shared.equations.length).toBeLessThanOrEqual(live.equations.length);
    const eager = gradient(...x);
    for (const each of [graph, live, shared]) expectSameBits(run(each, x), eager, "gradient");
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
    0.25,
  );
});
