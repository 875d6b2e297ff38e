// Sections: kernels between two barriers, in whatever order.
import {
  cumsum,
  exp,
  matmul,
  mean,
  random,
  type Tensor,
  type Tree,
  tanh,
  trace,
  tree,
  valueAndGrad,
} from "@cotangent/autodiff";
import { mlp } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import {
  anyPrograms,
  functionOf,
  holdsForPrograms,
  inputsOf,
} from "../../autodiff/test/support/program.ts";
import { band, optimise, type Program, plan, schedule, sections } from "../src/index.ts";
import { runInArena, runProgram } from "../src/reference/index.ts";
import { objectives } from "./support/objectives.ts";

/** The program with the kernels of each section in the opposite order. Bands stay as they are. */
function reversed(program: Program): Program {
  const begins = sections(program);
  const kernels = program.kernels.map((_, at) => {
    const begin = begins[at]!;
    const end = begins.lastIndexOf(begin);
    return program.kernels[begin + end - at]!;
  });
  return { ...program, kernels };
}

/** Backwards too, in memory that is poisoned wherever nothing is alive, a program computes the same. */
function expectFree(program: Program, inputs: readonly Tensor[]): void {
  const times = sections(program);
  const backwards = reversed(program);
  expect(runInArena(backwards, inputs, plan(program, { times }), times)).toEqual(
    runProgram(program, inputs),
  );
}

function stepOf(objective: (typeof objectives)[string]) {
  const network = mlp({ sizes: [2, 6, 6, 2] });
  const params = network.init(random.key(0)) as unknown as Tree;
  const own = objective(network);
  const x = random.normal(random.key(1), [8, 2]);
  const draws = own.draw(random.key(2), x) as unknown as Tree;
  const f = (p: Tree, z: Tensor, u: Tree): Tree =>
    valueAndGrad((q: Tree) => mean(own.perSample(q as never, z, u as never)))(p) as unknown as Tree;
  const args = [params, x, draws] as const;
  const program = schedule(optimise(trace(f as (...all: Tree[]) => Tree)(...args)));
  return { program, inputs: tree.leaves(args as unknown as Tree) };
}

describe.each(Object.entries(objectives))("a step of score matching: %s", (_, objective) => {
  const { program, inputs } = stepOf(objective);

  test("computes the same with the kernels of every section turned round", () => {
    expectFree(program, inputs);
  });
  test("has a quarter fewer sections than kernels", () => {
    const count = new Set(sections(program)).size;
    expect(count).toBeLessThan(0.75 * program.kernels.length);
  });
  test("keeps its bands whole", () => {
    const banded = band(program, { cache: 0, fewest: 2 });
    const begins = sections(banded);
    expect(banded.bands?.length).toBeGreaterThan(0);
    for (const { first, kernels } of banded.bands ?? [])
      expect(new Set(begins.slice(first, first + kernels)).size).toBe(1);
  });
});

test("any program computes the same with the kernels of every section turned round", () => {
  holdsForPrograms(
    anyPrograms,
    (given) => {
      const inputs = inputsOf(given);
      expectFree(schedule(optimise(trace(functionOf(given))(...inputs))), inputs);
    },
    0.3,
  );
});

test("a loop does not overwrite what another kernel of its section reads", () => {
  const x = random.normal(random.key(1), [5, 5]);
  // cumsum is opaque, so that what it writes lies in memory.
  const f = (y: Tensor) => {
    const t = cumsum(y);
    return [matmul(t, t), exp(t)];
  };
  const program = schedule(optimise(trace(f as never)(x)));
  expect(sections(program)).toEqual([0, 1, 1]);
  expectFree(program, [x]);
});

test("what a layer's gradients wait for is the layer above, not each other", () => {
  const loss = (w: Tensor, x: Tensor): Tensor => mean(tanh(matmul(x, w)));
  const [w, x] = [random.normal(random.key(0), [3, 3]), random.normal(random.key(1), [4, 3])];
  const f = (a: Tensor, b: Tensor) => valueAndGrad(loss, { argnums: [0, 1] })(a, b) as never;
  const program = schedule(optimise(trace(f as (...all: Tensor[]) => Tensor)(w, x)));
  const kinds = (begin: number): string[] =>
    program.kernels.filter((_, at) => sections(program)[at] === begin).map(({ kind }) => kind);
  const last = sections(program).at(-1)!;
  // The two products of the backward pass, and the mean.
  expect(kinds(last).toSorted()).toEqual(["matmul", "matmul", "reduce"]);
});
