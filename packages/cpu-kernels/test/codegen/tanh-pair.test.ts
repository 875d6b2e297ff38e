// tanh and sech² of one f32 are computed together; each stays within 4 ulp, from the smallest numbers to the largest.
import { checkpoint, grad, mul, sum, type Tensor, tanh, tensor } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { expect, test } from "vitest";
import { sample } from "../../../autodiff/test/support/sample.ts";
import { expectCompiledAgrees } from "../support/agree.ts";

const pair = compile((x: Tensor) => [tanh(x), grad((y: Tensor) => sum(tanh(y)))(x)] as const);

/** Numbers of every magnitude and both signs, and a fine grid where the functions bend. */
function inputs(): Float32Array {
  const magnitudes = Array.from({ length: 6000 }, (_, i) => 2 ** (-149 + (i * 277) / 6000));
  const grid = Array.from({ length: 40_001 }, (_, i) => (i - 20_000) / 400);
  return Float32Array.from([...magnitudes, ...magnitudes.map((x) => -x), ...grid]);
}

/** Units in the last place of an f32 result, at least the smallest denormal number. */
const ulp = (y: number): number =>
  Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.abs(y))) - 23));

function sech2(x: number): number {
  const t = Math.exp(-2 * Math.abs(x));
  return (4 * t) / (1 + t) ** 2;
}

test("within 4 ulp of the functions in double precision", () => {
  const x = inputs();
  const [y, slope] = pair(tensor(x));
  let [worst, worstSlope] = [0, 0];
  x.forEach((xi, i) => {
    const [want, wantSlope] = [Math.tanh(xi), sech2(xi)];
    worst = Math.max(worst, Math.abs(y.data[i]! - want) / ulp(want));
    worstSlope = Math.max(worstSlope, Math.abs(slope.data[i]! - wantSlope) / ulp(wantSlope));
  });
  expect(worst).toBeLessThan(4);
  expect(worstSlope).toBeLessThan(4);
});

test("also of what a checkpoint computes once more, in whatever order", () => {
  const again = checkpoint((x: Tensor) => tanh(x)) as (x: Tensor) => Tensor;
  for (const f of [
    (x: Tensor) => mul(again(x), tanh(x)),
    (x: Tensor) => mul(tanh(x), again(x)),
    (x: Tensor) => mul(again(x), again(x)),
  ])
    expectCompiledAgrees(
      grad((x: Tensor) => sum(f(x))),
      [sample([37, 5], 1)],
      "f32",
    );
});

test("at the ends as they are: ±0, ±∞ and NaN", () => {
  const x = Float32Array.of(0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);
  const [y, slope] = pair(tensor(x));
  expect([...y.data]).toEqual([0, -0, 1, -1, Number.NaN]);
  expect([...slope.data]).toEqual([1, 1, 0, 0, Number.NaN]);
});
