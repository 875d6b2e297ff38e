// An engine that forgets to add cotangents: every rule is right, and the sum over uses is not.
import { add, type Graph, mul, sin, sum, Tensor, tensor, Var } from "@cotangent/autodiff";
import { checkGrads } from "@cotangent/gradcheck";
import { expect, test, vi } from "vitest";

const state = vi.hoisted(() => ({ forgets: false }));

vi.mock("../../autodiff/src/transpose.ts", async (load) => {
  const original = await load<typeof import("../../autodiff/src/transpose.ts")>();
  /** The graph in which only the last reader of a variable still reads it. */
  const forgetful = (graph: Graph): Graph => {
    if (!state.forgets) return graph;
    const last = new Map(graph.equations.flatMap((e) => e.inputs.map((x) => [x, e] as const)));
    const equations = graph.equations.map((e) => ({
      ...e,
      inputs: e.inputs.map((x) =>
        last.get(x) === e || x instanceof Tensor ? x : new Var(x.shape, x.dtype),
      ),
    }));
    return { ...graph, equations };
  };
  const transposeFlat: typeof original.transposeFlat = (graph, bars) =>
    original.transposeFlat(forgetful(graph), bars);
  const pullback: typeof original.pullback = (operation, graph, ...trees) =>
    original.pullback(operation, forgetful(graph), ...trees);
  return { ...original, transposeFlat, pullback };
});

test("the equation is named with which cotangents stop adding up", () => {
  const f = (a: Tensor) => {
    const b = sin(a);
    return sum(add(mul(b, 2), mul(b, 3)));
  };
  expect(checkGrads(f, [tensor([0.3, 0.5])]).status).toBe("pass");
  state.forgets = true;
  const report = checkGrads(f, [tensor([0.3, 0.5])]);
  state.forgets = false;
  expect(report.status).toBe("fail");
  expect(report.blame).toMatchObject({ rule: "accumulation", equation: "d:f64[2] = mul b 3" });
});
