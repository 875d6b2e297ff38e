// Every case of every primitive, compiled for a device: forward, jvp, vjp and vmap.
import { afterAll, describe, expect, test } from "vitest";
import { caseEntries } from "../../../autodiff/test/cases.ts";
import { openBackends } from "../support/backends.ts";
import { formsOf } from "./forms.ts";
import { disagreement } from "./judge.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

describe.each(tested.map((backend) => [backend.name, backend] as const))(
  "on %s",
  (name, { device, tolerance }) => {
    test.each(caseEntries)("%s is the interpreter's, and its derivatives", async (_, cases) => {
      // Everywhere the texts are the same: one case of each primitive is enough for the other backends.
      const forms = name === "cpu" ? cases.flatMap(formsOf) : formsOf(cases[0]!);
      const chosen = forms.filter((form) => name === "cpu" || /forward|vjp/.test(form.name));
      for (const form of chosen)
        expect(await disagreement(device, tolerance, form.f, form.args), form.name).toBe(null);
    });
  },
);
