import {
  checkGraph,
  evaluate,
  type Graph,
  grad,
  type Tensor,
  Tensor as TensorClass,
  trace,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../../../autodiff/test/cases.ts";
import { expectSameBits } from "../../../autodiff/test/support/close.ts";
import {
  anyPrograms,
  functionOf,
  holdsForPrograms,
  inputsOf,
  scalarOf,
} from "../../../autodiff/test/support/program.ts";
import { numbers } from "../../../autodiff/test/support/sample.ts";
import { optimise, passes } from "../../src/index.ts";
import { expectEqual } from "../support/compare.ts";
import { transformed } from "../support/transformed.ts";

const run = (graph: Graph, x: readonly Tensor[]) => evaluate(graph, x) as Tensor;

const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];
/** The ends of the range, beyond which other roundings may give other infinities and zeros. */
const extremes = [5e-324, -1e308];

/** Some of the elements replaced by what arithmetic treats specially. */
function withSpecials(x: Tensor, seed: number, values: readonly number[]): Tensor {
  const next = numbers(seed);
  const data = x.data.map((value) =>
    next() < 0.3 ? values[Math.floor(next() * values.length)]! : value,
  );
  return new TensorClass(x.shape, x.dtype, data);
}

/** The inputs as they are, with special values, and with extreme ones too. */
const inputSets = (x: readonly Tensor[], seed: number): Tensor[][] =>
  [[], specials, [...specials, ...extremes]].map((values) =>
    x.map((xi, i) => (values.length ? withSpecials(xi, seed + i, values) : xi)),
  );

/** Pass after pass: an exact one keeps the bits of the graph before it, extreme inputs included. */
function holds(graph: Graph, inputs: readonly (readonly Tensor[])[]) {
  let before = graph;
  for (const { name, isExact, run: pass } of passes) {
    const after = checkGraph(pass(before));
    for (const x of isExact ? inputs : inputs.slice(0, 2))
      if (isExact) expectSameBits(run(after, x), run(before, x), name);
      else expectEqual(run(after, x), run(before, x), name);
    before = after;
  }
}

describe("every pass keeps the meaning of every primitive and its derivatives", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases)
      for (const [, f, x] of transformed(given)) holds(trace(f)(...x), [x]);
  });
});

describe("every pass keeps the meaning of random programs, NaN, ±∞ and −0 included", () => {
  test("values", () => {
    holdsForPrograms(
      anyPrograms,
      (program) => {
        const x = inputsOf(program);
        holds(trace(functionOf(program))(...x), inputSets(x, program.seed));
      },
      0.15,
    );
  });
  test("gradients", () => {
    holdsForPrograms(
      anyPrograms,
      (program) => {
        const x = inputsOf(program);
        const gradient = (...at: Tensor[]) => grad(scalarOf(program))(...at);
        holds(trace(gradient)(...x), inputSets(x, program.seed));
      },
      0.15,
    );
  });
});

test("what is optimised stays so", () => {
  holdsForPrograms(
    anyPrograms,
    (program) => {
      const x = inputsOf(program);
      const once = optimise(trace((...at: Tensor[]) => grad(scalarOf(program))(...at))(...x));
      expect(optimise(once).equations.length).toBeLessThanOrEqual(once.equations.length);
    },
    0.1,
  );
});
