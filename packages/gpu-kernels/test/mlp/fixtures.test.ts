// The fixtures of the mathematics page that a network can express, on every backend.
//
// A linear score s = b − Ax is a network without hidden layers: weight −Aᵀ, bias b; ∂A = −(∂weight)ᵀ.
// Fixture 5 has the true scores of a mixture, which are no network.
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { gaussianDirections, rademacher, sphere } from "@cotangent/losses";
import { afterAll, describe, expect, it } from "vitest";
import { createMlp, type MlpParams, type StepResult } from "../../src/index.ts";
import { openBackends } from "../support/backends.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

const f32 = (value: readonly number[] | readonly (readonly number[])[]): Tensor =>
  tensor(value as number[][], { dtype: "f32" });
/** Seven digits are printed; f32 gives about as many. */
const close = (got: ArrayLike<number>, want: readonly number[], digits = 5) => {
  expect(got.length).toBe(want.length);
  for (const [i, w] of want.entries()) expect(got[i]).toBeCloseTo(w, digits);
};
const linear = (a: readonly (readonly number[])[], b: readonly number[]): MlpParams => {
  const d = b.length;
  const weight = f32(a.map((_, i) => a.map((row) => -row[i]!)));
  return { layers: [{ weight, bias: d === 1 ? f32([...b]) : f32([...b]) }] };
};
/** ∂A, row by row. */
const barA = ({ gradients }: StepResult): number[] => {
  const { data, shape } = gradients.layers[0]!.weight;
  const d = shape[0]!;
  return Array.from(data, (_, i) => -data[(i % d) * d + Math.floor(i / d)]!);
};
const barB = ({ gradients }: StepResult) => gradients.layers[0]!.bias.data;

describe.each(tested.map(({ name }, index) => ({ name, index })))("on $name", ({ index }) => {
  const { device } = tested[index]!;

  it("fixture 1: a linear score on three samples", async () => {
    const params = linear(
      [
        [1.2, 0.3],
        [-0.1, 0.8],
      ],
      [0.2, -0.4],
    );
    const x = f32([
      [1, 2],
      [-1, 0.5],
      [0.3, -1.2],
    ]);
    const v = f32([
      [1, -1],
      [1, 1],
      [-1, 1],
    ]);
    const epsilon = f32([
      [0.5, -1],
      [-0.2, 0.3],
      [1.1, 0.7],
    ]);
    const mlp = createMlp(device, { sizes: [2, 2], batch: 2 });

    const implicit = await mlp.implicitStep(params, x);
    close([implicit.loss], [-0.5115667]);
    close(barA(implicit), [-0.07, 0.9383333, 0.2743333, 0.6526667]);
    close(barB(implicit), [-0.05, -0.7366667]);

    const sliced = await mlp.slicedStep(params, x, v);
    close(sliced.values.data, [-1.755, -2.13875, -1.72395]);
    close(barA(sliced), [-0.9443333, -0.081, 0.511, -0.7023333]);
    close(barB(sliced), [0.0866667, 0.1466667]);
    close([(await mlp.slicedStep(params, x, v, { reduced: true })).loss], [-0.4449]);

    const sigma = 0.5;
    const noisy = x.add(epsilon.mul(sigma));
    const denoising = await mlp.denoisingStep(params, noisy, epsilon.mul(-1 / sigma));
    close(denoising.values.data, [6.3190625, 0.5202625, 2.894225]);
    close([denoising.loss], [3.2445167]);
    close(barA(denoising), [0.1884167, 0.6378333, 0.7901667, 2.33075]);
    close(barB(denoising), [0.6033333, -0.7133333]);
    await mlp.destroy();
  });

  it("fixture 2: a tanh network at one sample, whose trace is not detached", async () => {
    const transposed = (w: number[][]) => f32(w[0]!.map((_, i) => w.map((row) => row[i]!)));
    const params: MlpParams = {
      layers: [
        {
          weight: transposed([
            [0.7, -0.4],
            [0.2, 0.9],
            [-0.5, 0.3],
          ]),
          bias: f32([0.1, -0.2, 0.05]),
        },
        {
          weight: transposed([
            [0.6, -0.3, 0.8],
            [-0.2, 0.5, 0.4],
          ]),
          bias: f32([0.05, -0.1]),
        },
      ],
    };
    const x = f32([[0.8, -0.6]]);
    const v = f32([[1, -1]]);
    const mlp = createMlp(device, { sizes: [2, 3, 2], activation: "tanh", batch: 1 });
    const [s, along] = await mlp.jvp(params, x, v);
    close([along.data[0]! - along.data[1]!], [0.59089729], 6);
    const implicit = await mlp.implicitStep(params, x);
    close([implicit.loss], [0.587827312], 6);
    close([implicit.loss - (s.data[0]! ** 2 + s.data[1]! ** 2) / 2], [0.312885356], 6);
    close([(await mlp.slicedStep(params, x, v)).loss], [1.039319029], 6);
    // ∂W₁ is printed as [out, in]; a detached trace gives .112464 first.
    const w = implicit.gradients.layers[0]!.weight.data;
    close(
      [w[0]!, w[3]!, w[1]!, w[4]!, w[2]!, w[5]!],
      [0.125591632, 0.027535616, -0.227451532, 0.370464382, 0.395844163, 0.467522075],
      6,
    );
    await mlp.destroy();
  });

  it("fixture 3: the true score of a standard normal, d = 10: means and variances", async () => {
    const d = 10;
    const n = 8000;
    const identity = Array.from({ length: d }, (_, i) =>
      Array.from({ length: d }, (_, j) => +(i === j)),
    );
    const params = linear(identity, new Array(d).fill(0));
    const x = random.normal(random.key(3), [n, d], { dtype: "f32" });
    const mlp = createMlp(device, { sizes: [d, d], batch: n });
    const expectMean = ({ values }: StepResult, mean: number, variance?: number) => {
      const all = Array.from(values.data);
      const got = all.reduce((a, b) => a + b) / n;
      const spread = all.reduce((a, b) => a + (b - got) ** 2, 0) / n;
      expect(Math.abs(got - mean) / Math.sqrt(spread / n)).toBeLessThan(4);
      if (variance !== undefined) expect(Math.abs(spread / variance - 1)).toBeLessThan(0.2);
    };
    expectMean(await mlp.implicitStep(params, x), -5, 5);
    for (const [draw, plain, reduced] of [
      [gaussianDirections, 65, 25],
      [rademacher, 50, 5],
      [sphere, 50, 5],
    ] as const) {
      const v = draw(random.key(4), [1, n, d], { dtype: "f32" });
      expectMean(await mlp.slicedStep(params, x, v), -5, plain);
      expectMean(await mlp.slicedStep(params, x, v, { reduced: true }), -5, reduced);
    }
    const epsilon = random.normal(random.key(5), [n, d], { dtype: "f32" });
    for (const [sigma, mean] of [
      [1, 5],
      [0.5, 16.25],
    ] as const) {
      const noisy = x.add(epsilon.mul(sigma));
      expectMean(await mlp.denoisingStep(params, noisy, epsilon.mul(-1 / sigma)), mean);
    }
    await mlp.destroy();
  });

  it("fixture 4: the minima of Gaussian data, at which gradients vanish", async () => {
    // Points ±√n c_i have mean 0 and covariance Σ c_i c_iᵀ: here of (x, ε) together, exactly.
    const [l11, l21, l31] = [Math.SQRT2, 0.6 / Math.SQRT2, 0];
    const l22 = Math.sqrt(1 - l21 ** 2);
    const l32 = -0.3 / l22;
    const l33 = Math.sqrt(0.5 - l32 ** 2);
    const columns = [
      [l11, l21, l31],
      [0, l22, l32],
      [0, 0, l33],
    ];
    const zero = [0, 0, 0];
    const unit = [0, 1, 2].map((i) => [0, 1, 2].map((j) => +(i === j)));
    const joint = [...columns.map((c) => [c, zero]), ...unit.map((e) => [zero, e])];
    const scale = Math.sqrt(joint.length);
    const points = joint.flatMap(([c, e]) =>
      [1, -1].map((sign) => [c!, e!].map((p) => p.map((v) => sign * scale * v))),
    );
    const x = f32(points.map(([p]) => p!));
    const epsilon = f32(points.map(([, e]) => e!));
    const covariance = [
      [2, 0.6, 0],
      [0.6, 1, -0.3],
      [0, -0.3, 0.5],
    ];
    const mlp = createMlp(device, { sizes: [3, 3], batch: 12 });
    const still = (step: StepResult) => {
      for (const v of [...barA(step), ...barB(step)]) expect(Math.abs(v)).toBeLessThan(1e-5);
    };
    const implicit = await mlp.implicitStep(linear(inverse(covariance), zero), x);
    close([implicit.loss], [-2.3828125]);
    still(implicit);
    for (const [sigma, minimum] of [
      [0.5, 4.4765178],
      [1, 0.7032967],
    ] as const) {
      const noisy = covariance.map((row, i) => row.map((v, j) => v + (i === j ? sigma ** 2 : 0)));
      const params = linear(inverse(noisy), zero);
      const step = await mlp.denoisingStep(
        params,
        x.add(epsilon.mul(sigma)),
        epsilon.mul(-1 / sigma),
      );
      close([step.loss], [minimum]);
      still(step);
    }
    await mlp.destroy();
  });
});

/** The inverse of a 3 × 3 matrix, by cofactors. */
function inverse(m: readonly (readonly number[])[]): number[][] {
  const at = (i: number, j: number) => m[i % 3]![j % 3]!;
  const cofactor = (i: number, j: number) =>
    at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant));
}
