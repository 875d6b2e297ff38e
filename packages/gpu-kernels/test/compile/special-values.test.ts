/** NaN and infinity go through products with 0 as in the interpreter: a shader's compiler may take 0·x for 0. */
import { div, logSoftmax, logsumexp, mul, type Tensor, tensor } from "@cotangent/autodiff";
import { afterAll, describe, expect, test } from "vitest";
import { compile } from "../../src/index.ts";
import { openBackends } from "../support/backends.ts";

const backends = await openBackends();
afterAll(async () => {
  for (const { device } of backends) await device.destroy();
});
const awkward = tensor(
  [
    [-Infinity, -Infinity],
    [Infinity, 1],
    [Number.NaN, 2],
    [3, -4],
  ],
  { dtype: "f32" },
);
const programs: Record<string, (x: Tensor) => Tensor> = {
  "x · 0": (x) => mul(x, 0),
  "0 / x": (x) => div(0, x),
  "logsumexp, which asks x · 0 what is finite": (x) => logsumexp(x, 1),
  logSoftmax: (x) => logSoftmax(x, 1),
};

describe.each(backends)("on $name", ({ device, tolerance }) => {
  test.each(Object.entries(programs))("%s", async (_, f) => {
    const result = await compile(device, f)(awkward);
    const expected = Array.from(f(awkward).data);
    expect(Array.from(result.data, (x) => (Number.isFinite(x) ? 0 : x))).toEqual(
      expected.map((x) => (Number.isFinite(x) ? 0 : x)),
    );
    for (const [i, value] of expected.entries())
      if (Number.isFinite(value))
        expect(Math.abs(result.data[i]! - value)).toBeLessThanOrEqual(
          tolerance * (1 + Math.abs(value)),
        );
  });
});
