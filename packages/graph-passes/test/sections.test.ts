// Sections: kernels between two barriers, in whatever order.
import {
  cumsum,
  exp,
  matmul,
  mean,
  random,
  type Tensor,
  tanh,
  trace,
  valueAndGrad,
} from "@cotangent/autodiff";
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
import { stepOf } from "./support/step-of.ts";

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

describe.each(Object.entries(objectives))("a step of score matching: %s", (_, objective) => {
  const { program, inputs } = stepOf(objective, 8);

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
