// The program that the README shows is what its code prints.
import { readFileSync } from "node:fs";
import { grad, matmul, type Tensor, tanh, trace, zeros } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { optimise, printProgram, schedule } from "../src/index.ts";

test("the README's program", () => {
  const loss = (w: Tensor, x: Tensor) => tanh(matmul(x, w)).square().sum();
  const slope = (w: Tensor, x: Tensor) => grad(loss)(w, x);
  const program = schedule(optimise(trace(slope)(zeros([3, 2]), zeros([8, 3]))));
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, shown] = /```\n(inputs [^`]*)```/.exec(readme) ?? [];
  expect(shown?.trim()).toBe(printProgram(program).trim());
});
