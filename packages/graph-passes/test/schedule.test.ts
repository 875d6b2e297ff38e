import {
  astype,
  evaluate,
  type Graph,
  grad,
  jvp,
  type Tensor,
  trace,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../../autodiff/test/cases.ts";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
  scalarOf,
} from "../../autodiff/test/support/program.ts";
import { optimise, plan, printProgram, schedule } from "../src/index.ts";
import { runInArena, runProgram } from "../src/reference/index.ts";
import { expectEqual } from "./support/compare.ts";
import { type Flat, transformed } from "./support/transformed.ts";

/** The program of a function gives what the interpreter gives, in memory of its own and in the poisoned arena. */
function holds(f: Flat, x: readonly Tensor[], label: string, simplify: (graph: Graph) => Graph) {
  const graph = trace(f)(...x);
  const want = evaluate(graph, x) as Tensor;
  const program = schedule(simplify(graph));
  try {
    expectEqual(runProgram(program, x)[0], want, label);
    expectEqual(runInArena(program, x, plan(program))[0], want, `${label}, in the arena`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${printProgram(program)}`, { cause: error });
  }
}
const asItIs = (graph: Graph) => graph;
const single = (x: Tensor) => (x.dtype === "f64" ? astype(x, "f32") : x);

describe("the program of every primitive, and of its derivatives, gives what the interpreter gives", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases)
      for (const [label, f, x] of transformed(given)) {
        holds(f, x, `${given.name}, ${label}`, optimise);
        holds(f, x, `${given.name}, ${label}, not optimised`, asItIs);
      }
  });
});

describe("so does it in single precision", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases) holds(run, inputs.map(single), name, optimise);
  });
});

describe("the program of a random program", () => {
  const functions: Record<string, (program: Parameters<typeof functionOf>[0]) => [Flat, Tensor[]]> =
    {
      "gives its value": (program) => [functionOf(program), inputsOf(program)],
      "gives its gradient": (program) => [
        (...x) => grad(scalarOf(program))(...x) as Tensor,
        inputsOf(program),
      ],
      "gives its tangent": (program) => [
        (...x) => jvp(functionOf(program), x, directionsOf(program))[1],
        inputsOf(program),
      ],
      "gives its batch": (program) => [
        (...x) => vmap(functionOf(program))(...x),
        inputsOf(program).map((x) => x.expandDims(0).broadcastTo([3, ...x.shape])),
      ],
    };
  test.each(Object.entries(functions))("%s", (_name, make) => {
    holdsForPrograms(
      anyPrograms,
      (program) => {
        const [f, x] = make(program);
        holds(f, x, "result", program.seed % 4 === 0 ? asItIs : optimise);
      },
      0.2,
    );
  });
});

test("a program has as many buffers of inputs and outputs as the graph", () => {
  const f = (x: Tensor, y: Tensor) => [x, x.reshape([2]), y.neg(), y.neg().reshape([4]), y];
  const graph = trace(f)(...inputs());
  const program = schedule(optimise(graph));
  const results = runProgram(program, inputs());
  expect(results.map(({ shape }) => shape)).toEqual([[1, 2], [2], [2, 2], [4], [2, 2]]);
  expect(results.map(({ data }) => Array.from(data))).toEqual(
    (evaluate(graph, inputs()) as Tensor[]).map(({ data }) => Array.from(data)),
  );
});

import { tensor } from "@cotangent/autodiff";

const inputs = () =>
  [
    tensor([[1, 2]]),
    tensor([
      [1, -2],
      [3, 0],
    ]),
  ] as [Tensor, Tensor];
