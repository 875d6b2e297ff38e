import { evaluate, grad, type Tensor, trace } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../../autodiff/test/cases.ts";
import { differentiable } from "../../autodiff/test/support/case.ts";
import {
  anyPrograms,
  functionOf,
  holdsForPrograms,
  inputsOf,
  scalarOf,
} from "../../autodiff/test/support/program.ts";
import { signed } from "../../autodiff/test/support/sample.ts";
import { runProgram } from "../src/reference/run-program.ts";
import { schedule } from "../src/schedule.ts";

function check(f: (...x: Tensor[]) => Tensor, x: readonly Tensor[], label: string) {
  const graph = trace(f)(...x);
  const want = evaluate(graph, x) as Tensor;
  const [got] = runProgram(schedule(graph), x);
  expect(`${got!.dtype}[${got!.shape}]`, label).toBe(`${want.dtype}[${want.shape}]`);
  got!.data.forEach((value, i) => {
    const expected = want.data[i]!;
    if (Object.is(value, expected)) return;
    const bound = (want.dtype === "f64" ? 1e-12 : 1e-5) * Math.max(1, Math.abs(expected));
    if (!(Math.abs(value - expected) <= bound))
      expect.fail(`${label}: ${i}: ${value} expected ${expected}`);
  });
}

describe("scheduled", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases) {
      check(given.run, given.inputs, given.name);
      const part = differentiable(given);
      if (!part) continue;
      const w = signed(part.f(...part.x), 9);
      check(
        (...at) =>
          grad((...u: Tensor[]) =>
            part
              .f(...u)
              .mul(w)
              .sum(),
          )(...at) as Tensor,
        part.x,
        `${given.name} grad`,
      );
    }
  });
});
test("random", () => {
  holdsForPrograms(
    anyPrograms,
    (program) => {
      const x = inputsOf(program);
      check(functionOf(program), x, "value");
      check((...at: Tensor[]) => grad(scalarOf(program))(...at) as Tensor, x, "grad");
    },
    0.2,
  );
});
