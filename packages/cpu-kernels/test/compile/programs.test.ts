// Random programs, compiled, against the interpreter: forward, forward mode and reverse mode.
import { jvp, type Tensor, vjp } from "@cotangent/autodiff";
import { test } from "vitest";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
  type Program,
} from "../../../autodiff/test/support/program.ts";
import { signed } from "../../../autodiff/test/support/sample.ts";
import { expectCompiledAgrees } from "../support/agree.ts";

const compiledAgrees = (dtype: "f64" | "f32") => (program: Program) => {
  const f = functionOf(program);
  const x = inputsOf(program);
  const n = x.length;
  expectCompiledAgrees(f, x, dtype, "forward");
  if (program.seed % 4 === 0)
    expectCompiledAgrees(
      (...both: Tensor[]) => jvp(f, both.slice(0, n), both.slice(n)),
      [...x, ...directionsOf(program)],
      dtype,
      "jvp",
    );
  if (program.seed % 4 === 1)
    expectCompiledAgrees(
      (yBar: Tensor, ...primals: Tensor[]) => vjp(f, primals)[1](yBar),
      [signed(f(...x), 7), ...x],
      dtype,
      "vjp",
    );
};

test("a thousand random programs give the interpreter's numbers in f64", () => {
  holdsForPrograms(anyPrograms, compiledAgrees("f64"), 0.5);
}, 300_000);

test("and in f32", () => {
  holdsForPrograms(anyPrograms, compiledAgrees("f32"), 0.25);
}, 300_000);
