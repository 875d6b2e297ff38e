// Single precision: every function against the double that JavaScript computes, over all exponents.
import { describe, expect, test } from "vitest";
import { unaryFunctions } from "../../src/math/index.ts";
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

/** The greatest errors over the floats, as they were measured once (docs/design/simd-math.md), rounded up. */
const bounds: Record<keyof typeof unaryFunctions, number> = {
  exp: 1.01,
  expm1: 1.31,
  log: 0.94,
  log1p: 0.96,
  sin: 2.43,
  cos: 2.41,
  tan: 3.69,
  asin: 2.38,
  acos: 1.15,
  atan: 2.32,
  sinh: 1.63,
  cosh: 1.46,
  tanh: 3.52,
  sech2: 2.47,
  sigmoid: 2.42,
  softplus: 1.9,
  erf: 1.37,
  erfc: 3.9,
};

describe("a million numbers of every size are within 4 ulp, and within what was measured", () => {
  test.each(names)("%s", (name) => {
    const { ulp, at } = worst(name, false);
    expect(ulp, `worst at ${at}`).toBeLessThanOrEqual(bounds[name]);
  });
});

if (hasRelaxedSimd())
  describe("so they are with fused multiply-add", () => {
    test.each(names)("%s", (name) => {
      const { ulp, at } = worst(name, true);
      expect(ulp, `worst at ${at}`).toBeLessThanOrEqual(4);
    });
  });
