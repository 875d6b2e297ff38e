// Every case of every primitive, compiled for a device: forward, jvp, vjp and vmap.
import { jvp, stack, type Tensor, vjp, vmap } from "@cotangent/autodiff";
import { afterAll, describe, test } from "vitest";
import { caseEntries } from "../../../autodiff/test/cases.ts";
import { type Case, differentiable } from "../../../autodiff/test/support/case.ts";
import { rolled, signed } from "../../../autodiff/test/support/sample.ts";
import { openBackends } from "../support/backends.ts";
import { expectAgrees, type F } from "./agree.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});
const [cpu, ...others] = tested;

/** The function itself and what the transformations make of it, with arguments. */
function formsOf(one: Case): [string, F, readonly Tensor[]][] {
  const forms: [string, F, readonly Tensor[]][] = [
    ["forward", one.run, one.inputs],
    ["vmap", vmap(one.run) as F, one.inputs.map((x) => stack([x, rolled(x, 1)]))],
  ];
  const differentiated = differentiable(one);
  if (!differentiated) return forms;
  const { f, x } = differentiated;
  const n = x.length;
  const directions = x.map((xi, i) => signed(xi, i));
  const forward = (...both: Tensor[]) => jvp(f, both.slice(0, n), both.slice(n));
  const reverse = (yBar: Tensor, ...primals: Tensor[]) => vjp(f, primals)[1](yBar);
  forms.push(["jvp", forward as F, [...x, ...directions]]);
  forms.push(["vjp", reverse as F, [signed(f(...x), 7), ...x]]);
  return forms;
}

describe("on cpu", () => {
  test.each(caseEntries)("%s and its derivatives are the interpreter's", async (_, cases) => {
    for (const one of cases)
      for (const [form, f, args] of formsOf(one))
        try {
          await expectAgrees(cpu!, f, args);
        } catch (error) {
          throw new Error(`${one.name}, ${form}: ${(error as Error).message}`, { cause: error });
        }
  });
});

describe.each(others.map((backend) => [backend.name, backend] as const))(
  "on %s",
  (_name, backend) => {
    test.each(caseEntries)("%s is the interpreter's", async (_, cases) => {
      const [first] = cases;
      for (const [form, f, args] of formsOf(first!).filter(([form]) => /forward|vjp/.test(form)))
        try {
          await expectAgrees(backend, f, args);
        } catch (error) {
          throw new Error(`${first!.name}, ${form}: ${(error as Error).message}`, { cause: error });
        }
    });
  },
);
