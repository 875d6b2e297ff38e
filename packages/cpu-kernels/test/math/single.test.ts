// Single precision: every function against the double that JavaScript computes, over all exponents.
import { describe, expect, test } from "vitest";
import { unaryFunctions, type VectorFunctionName } from "../../src/math/index.ts";
import { hasRelaxedSimd } from "../../src/wasm/index.ts";
import { closedForms } from "./support/closed-forms.ts";
import { onArrays } from "./support/run.ts";
import { distance } from "./support/ulp.ts";
import { singles } from "./support/values.ts";

const names = Object.keys(unaryFunctions) as (keyof typeof unaryFunctions)[];
const x = singles(1);

function worst(name: keyof typeof unaryFunctions, relaxed: boolean): { ulp: number; at: number } {
  const y = onArrays<Float32Array<ArrayBuffer>>(name, "f32x4", { relaxed })(x);
  const f = closedForms[name];
  let result = { ulp: 0, at: 0 };
  for (let i = 0; i < x.length; i++) {
    const ulp = distance(y[i]!, f(x[i]!), "f32");
    if (ulp > result.ulp) result = { ulp, at: x[i]! };
  }
  return result;
}

/** The greatest error over all 2³² arguments, as measured once, is below these (docs/design/simd-math.md). */
const bounds: Partial<Record<VectorFunctionName, number>> = {};

describe("a million numbers of every size are within 4 ulp, and within what was measured", () => {
  test.each(names)("%s", (name) => {
    const { ulp, at } = worst(name, false);
    expect(ulp, `worst at ${at}`).toBeLessThanOrEqual(bounds[name] ?? 4);
  });
});

if (hasRelaxedSimd())
  describe("so they are with fused multiply-add", () => {
    test.each(names)("%s", (name) => {
      const { ulp, at } = worst(name, true);
      expect(ulp, `worst at ${at}`).toBeLessThanOrEqual(4);
    });
  });
