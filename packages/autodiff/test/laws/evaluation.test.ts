import { astype } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../cases.ts";
import { expectClose } from "../support/close.ts";
import { plain } from "../support/plain.ts";

describe("evaluation equals the closed form", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs, expected, tolerance = 0 } of cases)
      expectClose(run(...inputs), expected(...inputs.map(plain)), tolerance, name);
  });
});

describe("in f32 the result is f32 and close to the f64 closed form", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs, expected } of cases) {
      if (!inputs.some(({ dtype }) => dtype === "f64")) continue;
      const single = inputs.map((x) => (x.dtype === "f64" ? astype(x, "f32") : x));
      const y = run(...single);
      if (run(...inputs).dtype !== "f64") continue;
      expect(y.dtype, name).toBe("f32");
      const want = expected(...single.map(plain));
      const rounded = { shape: want.shape, data: want.data.map(Math.fround) };
      expectClose(y, rounded, 3e-6, name, () => 0.05);
    }
  });
});
