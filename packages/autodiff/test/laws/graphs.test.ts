import {
  checkGraph,
  eliminateCommonSubexpressions,
  eliminateDeadCode,
  evaluate,
  fromJSON,
  type Graph,
  grad,
  jvp,
  linearize,
  mul,
  print,
  sum,
  type Tensor,
  toJSON,
  trace,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../cases.ts";
import { type Case, differentiable } from "../support/case.ts";
import { expectSameBits } from "../support/close.ts";
import { signed } from "../support/sample.ts";

type Flat = (...x: Tensor[]) => Tensor;

/** The case's function and what transformations make of it, each with its arguments. */
function transformed(given: Case): [string, Flat, readonly Tensor[]][] {
  const { run, inputs } = given;
  const batched = inputs.map((x) => x.expandDims(0));
  const plain: [string, Flat, readonly Tensor[]][] = [
    ["f", run, inputs],
    ["vmap", (...x) => vmap(run)(...x), batched],
  ];
  const part = differentiable(given);
  if (part === null) return plain;
  const { f, x } = part;
  const v = x.map((xi, i) => signed(xi, i + 3));
  const w = signed(f(...x), 9);
  const loss: Flat = (...at) => sum(mul(w, f(...at)));
  const gradient: Flat = (...at) => grad(loss)(...at) as Tensor;
  const push: Flat = (...at) => jvp(f, at, v)[1];
  return [
    ...plain,
    ["jvp", push, x],
    ["grad", gradient, x],
    ["linearize's map", (...at) => linearize(f, x)[1](...at), v],
    ["pullback", (bar) => vjp(f, x)[1](bar as Tensor)[0] as Tensor, [w]],
    ["jvp of grad", (...at) => jvp(gradient, at, v)[1], x],
    ["grad of grad", (...at) => grad((...u: Tensor[]) => sum(gradient(...u)))(...at) as Tensor, x],
    ["vmap of grad", (...at) => vmap(gradient)(...at), x.map((xi) => xi.expandDims(0))],
    [
      "jvp of vmap",
      (...at) => jvp((...u: Tensor[]) => vmap(f)(...u), at, at)[1],
      x.map((xi) => xi.expandDims(0)),
    ],
  ];
}

const everyGraph = (
  cases: readonly Case[],
  use: (graph: Graph, f: Flat, x: readonly Tensor[], label: string) => void,
) => {
  for (const given of cases)
    for (const [label, f, x] of transformed(given))
      use(trace(f)(...x), f, x, `${given.name}, ${label}`);
};

describe("after every transformation checkGraph accepts the graph, and it evaluates to the eager bits", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    everyGraph(cases, (graph, f, x, label) => {
      expect(checkGraph(graph), label).toBe(graph);
      expectSameBits(evaluate(graph, x) as Tensor, f(...x), label);
    });
  });
});

describe("eliminating dead code and common subexpressions keeps every bit", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    everyGraph(cases, (graph, _f, x, label) => {
      const smaller = checkGraph(eliminateCommonSubexpressions(eliminateDeadCode(graph)));
      expect(smaller.equations.length, label).toBeLessThanOrEqual(graph.equations.length);
      expectSameBits(evaluate(smaller, x) as Tensor, evaluate(graph, x) as Tensor, label);
    });
  });
});

describe("the linear graph of linearize is accepted by checkGraph", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases) {
      const part = differentiable(given);
      if (part === null) continue;
      const { graph } = linearize(part.f, part.x)[1];
      expect(checkGraph(graph), given.name).toBe(graph);
    }
  });
});

describe("a graph written as JSON and read back prints the same and evaluates to the same bits", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    everyGraph(cases, (graph, _f, x, label) => {
      const back = fromJSON(JSON.parse(JSON.stringify(toJSON(graph))));
      expect(print(back), label).toBe(print(graph));
      expectSameBits(evaluate(back, x) as Tensor, evaluate(graph, x) as Tensor, label);
    });
  });
});

describe("the same program printed twice is the same text", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases)
      for (const [label, f, x] of transformed(given))
        expect(print(trace(f)(...x)), label).toBe(print(trace(f)(...x)));
  });
});
