import {
  add,
  checkpoint,
  cos,
  eliminateCommonSubexpressions,
  eliminateDeadCode,
  evaluate,
  exp,
  type Graph,
  mul,
  print,
  sin,
  slice,
  type Tensor,
  tensor,
  trace,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const x = tensor([0.5, 2]);
const names = (graph: Graph) => graph.equations.map(({ primitive }) => primitive.name);
const evaluated = (graph: Graph) => (evaluate(graph, [x]) as Tensor).toArray();

describe("eliminateDeadCode", () => {
  test("drops what no output depends on, directly or not", () => {
    const graph = trace((at: Tensor) => {
      exp(cos(at));
      return sin(at);
    })(x);
    expect(names(graph)).toEqual(["cos", "exp", "sin"]);
    expect(names(eliminateDeadCode(graph))).toEqual(["sin"]);
  });

  test("keeps a graph without dead equations as it is", () => {
    const graph = trace((at: Tensor) => mul(sin(at), cos(at)))(x);
    expect(print(eliminateDeadCode(graph))).toBe(print(graph));
  });
});

describe("eliminateCommonSubexpressions", () => {
  const merged = (f: (at: Tensor) => Tensor) => {
    const graph = trace(f)(x);
    const smaller = eliminateCommonSubexpressions(graph);
    expect(evaluated(smaller)).toEqual(evaluated(graph));
    return names(smaller);
  };

  test("computes what is repeated once, and what rests on it once", () => {
    expect(merged((at) => mul(exp(sin(at)), exp(sin(at))))).toEqual(["sin", "exp", "mul"]);
  });

  test("takes equal scalars for one constant", () => {
    expect(merged((at) => mul(add(at, 2), add(at, 2)))).toEqual(["add", "mul"]);
  });

  test("tells other parameters, inputs, and orders of inputs apart", () => {
    expect(merged((at) => add(slice(at, [0], [1]), slice(at, [1], [2])))).toHaveLength(3);
    expect(merged((at) => add(mul(at, 2), mul(at, 3)))).toHaveLength(3);
    expect(merged((at) => add(at.sub(sin(at)), sin(at).sub(at)))).toEqual([
      "sin",
      "sub",
      "sub",
      "add",
    ]);
  });

  test("tells 0 from −0, and equal tensors of different identity apart", () => {
    const reciprocal = (zero: number) => (at: Tensor) => tensor(1).div(at.mul(0).mul(zero));
    expect(merged((at) => add(reciprocal(0)(at), reciprocal(-0)(at)))).toHaveLength(7 - 1);
    expect(merged((at) => add(mul(at, tensor([1, 2])), mul(at, tensor([1, 2]))))).toHaveLength(3);
  });

  test("never merges calls: they may recompute on purpose, and may run different functions", () => {
    const [f, g] = [checkpoint((at: Tensor) => sin(at)), checkpoint((at: Tensor) => cos(at))];
    expect(merged((at) => mul(f(at), g(at)))).toEqual(["call", "call", "mul"]);
    expect(merged((at) => mul(f(at), f(at)))).toEqual(["call", "call", "mul"]);
  });

  test("keeps an output that was merged away", () => {
    const graph = trace((at: Tensor) => [sin(at), sin(at)])(x);
    const [a, b] = evaluate(eliminateCommonSubexpressions(graph), [x]) as [Tensor, Tensor];
    expect(a.toArray()).toEqual(b.toArray());
  });
});

test("both passes keep the structure of arguments and results", () => {
  const graph = trace((at: { a: Tensor }) => ({ y: sin(at.a) }))({ a: x });
  for (const pass of [eliminateDeadCode, eliminateCommonSubexpressions]) {
    expect(pass(graph).inTree).toEqual(graph.inTree);
    expect(pass(graph).outTree).toEqual(graph.outTree);
    expect(pass(graph).names).toEqual(graph.names);
  }
});
