import { trace } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import { expect, test } from "vitest";
import { caseEntries, cases } from "./cases.ts";

test("every primitive of the registry has cases, and every name in the table is a primitive", () => {
  expect([...registry.keys()].sort()).toEqual(Object.keys(cases).sort());
});

test.each(caseEntries)("the cases of %s are there and use it", (name, given) => {
  expect(given.length).toBeGreaterThan(0);
  for (const { name: title, run, inputs } of given) {
    const used = trace(run)(...inputs).equations.map(({ primitive }) => primitive.name);
    expect(used, title).toContain(name);
  }
});
