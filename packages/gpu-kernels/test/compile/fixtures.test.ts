// The numeric fixtures of the mathematics page through the compiled path: objectives of any score, and their gradients.
import {
  grad,
  mean,
  mul,
  permute,
  random,
  type Tensor,
  type Tree,
  tensor,
} from "@cotangent/autodiff";
import {
  denoising,
  explicit,
  finiteDifference,
  gaussian,
  gaussianDirections,
  implicit,
  type MlpParams,
  type Objective,
  rademacher,
  scoreOf,
  sliced,
  sphere,
} from "@cotangent/losses";
import { afterAll, describe, expect, test } from "vitest";
import * as linear from "../../../losses/test/laws/linear-batch.ts";
import * as tanh from "../../../losses/test/laws/tanh-network.ts";
import { linearScore, standardNormalScore } from "../../../losses/test/support/linear-score.ts";
import { expectEstimate, meanOf, varianceOf } from "../../../losses/test/support/monte-carlo.ts";
import {
  inverse,
  jointSigmaPoints,
  sigmaPoints,
} from "../../../losses/test/support/sigma-points.ts";
import { compile } from "../../src/compile/index.ts";
import { openBackends } from "../support/backends.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});
const cpu = tested[0]!;

/** Values per sample and the gradient of their mean, compiled as one function. */
async function evaluated<P extends Tree>(
  { device }: (typeof tested)[number],
  objective: Objective<P>,
  params: P,
  x: Tensor,
  draws: Readonly<Record<string, Tensor>> = {},
): Promise<{ readonly values: Tensor; readonly gradient: P }> {
  const f = (p: Tree, at: Tree, d: Tree) => {
    const perSample = (q: Tree) => objective.perSample(q as P, at as Tensor, d as never);
    return { values: perSample(p), gradient: grad((q: Tree) => mean(perSample(q)))(p) };
  };
  const step = compile(device, f as unknown as (...args: Tree[]) => Tree);
  try {
    return (await step(params as Tree, x, draws as Tree)) as never;
  } finally {
    await step.destroy();
  }
}
const close = (
  got: Tensor,
  want: readonly number[] | readonly (readonly number[])[],
  digits = 5,
) => {
  const flat = want.flat();
  expect(got.size).toBe(flat.length);
  for (const [i, w] of flat.entries()) expect(got.data[i]).toBeCloseTo(w, digits);
};

describe.each(tested.map((backend) => [backend.name, backend] as const))("on %s", (_, backend) => {
  test("fixture 1: a linear score on three samples", async () => {
    const { params, x, v, delta, sigma } = linear;
    const at = <P extends Tree>(objective: Objective<P>, draws = {}) =>
      evaluated(backend, objective as never, params, x, draws);
    const byTrace = await at(implicit(linearScore));
    close(mean(byTrace.values), [-0.5115667]);
    close(byTrace.gradient.A, [
      [-0.07, 0.9383333],
      [0.2743333, 0.6526667],
    ]);
    close(byTrace.gradient.b, [-0.05, -0.7366667]);
    const bySlices = await at(sliced(linearScore), { v });
    close(bySlices.values, [-1.755, -2.13875, -1.72395]);
    close(bySlices.gradient.A, [
      [-0.9443333, -0.081],
      [0.511, -0.7023333],
    ]);
    close(bySlices.gradient.b, [0.0866667, 0.1466667]);
    close(mean((await at(sliced(linearScore, { reduced: true }), { v })).values), [-0.4449]);
    const differences = await at(finiteDifference(linearScore, { radius: 1 }), { v });
    close(mean(differences.values), [-0.4449], 4);
    const noise = gaussian(sigma);
    const byNoise = await at(denoising(linearScore, { noise }), { delta });
    close(byNoise.values, [6.3190625, 0.5202625, 2.894225]);
    close(byNoise.gradient.A, [
      [0.1884167, 0.6378333],
      [0.7901667, 2.33075],
    ]);
    close(byNoise.gradient.b, [0.6033333, -0.7133333]);
    const controlled = await at(denoising(linearScore, { noise, controlVariate: true }), { delta });
    close(mean(controlled.values), [4.3825167]);
  });

  test("fixture 2: a tanh network at one sample", async () => {
    const { params, network, x } = tanh;
    const v = tensor([[[1, -1]]]);
    for (const useContraction of [true, false]) {
      const objective = implicit(network.score, { useContraction });
      const { values, gradient } = await evaluated(backend, objective as never, params as never, x);
      close(values, [0.587827312], 6);
      close(
        permute((gradient as MlpParams).layers[0]!.weight),
        [
          [0.125591632, 0.027535616],
          [-0.227451532, 0.370464382],
          [0.395844163, 0.467522075],
        ],
        6,
      );
    }
    close(
      (await evaluated(backend, sliced(network.score) as never, params as never, x, { v })).values,
      [1.039319029],
      6,
    );
  });

  test("fixture 4: a Gaussian in three dimensions: minima, where gradients vanish", async () => {
    const covariance = [
      [2, 0.6, 0],
      [0.6, 1, -0.3],
      [0, -0.3, 0.5],
    ];
    const b = tensor([0, 0, 0]);
    const still = ({ gradient: { A, b } }: { gradient: { A: Tensor; b: Tensor } }) => {
      for (const each of [...A.data, ...b.data]) expect(Math.abs(each)).toBeLessThan(1e-5);
    };
    const exact = { A: tensor(inverse(covariance)), b };
    const byTrace = await evaluated(backend, implicit(linearScore), exact, sigmaPoints(covariance));
    close(mean(byTrace.values), [-2.3828125]);
    still(byTrace);
    for (const [sigma, minimum] of [
      [0.5, 4.4765178],
      [1, 0.7032967],
    ] as const) {
      const noisy = covariance.map((row, i) => row.map((c, j) => c + (i === j ? sigma ** 2 : 0)));
      const { x, epsilon } = jointSigmaPoints(covariance);
      const objective = denoising(linearScore, { noise: gaussian(sigma) });
      const draws = { delta: mul(sigma, epsilon) };
      const byNoise = await evaluated(
        backend,
        objective,
        { A: tensor(inverse(noisy)), b },
        x,
        draws,
      );
      close(mean(byNoise.values), [minimum]);
      still(byNoise);
    }
  });
});

describe("on cpu", () => {
  test("fixture 3: the true score of a standard normal, d = 10: means and variances, drawn within", async () => {
    const s = standardNormalScore;
    const x = random.normal(random.key(3), [20_000, 10], { dtype: "f32" });
    const all = {
      implicit: [implicit(s), -5, 5],
      "sliced Gaussian": [sliced(s, { distribution: gaussianDirections }), -5, 65],
      "sliced Rademacher": [sliced(s, { distribution: rademacher }), -5, 50],
      "sliced sphere": [sliced(s, { distribution: sphere }), -5, 50],
      "reduced Gaussian": [sliced(s, { distribution: gaussianDirections, reduced: true }), -5, 25],
      "reduced Rademacher": [sliced(s, { distribution: rademacher, reduced: true }), -5, 5],
      "reduced sphere": [sliced(s, { distribution: sphere, reduced: true }), -5, 5],
      "finite-difference": [finiteDifference(s, { radius: 0.1 }), -5, 0],
      "denoising at σ = 1": [denoising(s, { noise: gaussian(1) }), 5, 0],
      "denoising at σ = .5": [denoising(s, { noise: gaussian(0.5) }), 16.25, 0],
      explicit: [explicit(s, (z) => z.neg()), 0, 0],
    } as const;
    const f = (key: Tensor, at: Tensor) =>
      Object.values(all).map(([objective]) =>
        (objective as Objective).perSample([], at, (objective as Objective).draw(key, at)),
      );
    const step = compile(cpu.device, f);
    const got = await step(random.key(4), x);
    for (const [i, [name, [, center, spread]]] of Object.entries(all).entries()) {
      const values = got[i]!.data;
      if (name === "explicit") expect(Math.max(...values)).toBe(0);
      else expectEstimate(meanOf(values), center);
      if (spread > 0) expectEstimate(varianceOf(values), spread);
    }
    await step.destroy();
  });

  test.each([
    [0.25, -1.589024, 6.410976],
    [0.5, -0.94259, 1.05741],
    [1, -0.258943, 0.241057],
  ])("fixture 5: a mixture, at σ = %d, by quadrature", async (sigma, onQ, noisy) => {
    const variance = 0.25;
    const density = (y: number, extra: number): number => {
      const total = variance + extra;
      const bump = (m: number): number => Math.exp(-((y - m) ** 2) / (2 * total));
      return (bump(-2) + bump(2)) / (2 * Math.sqrt(2 * Math.PI * total));
    };
    const score = scoreOf((_, y) =>
      y
        .sub(tensor([[-2, 2]], { dtype: "f32" }))
        .square()
        .mul(-0.5 / (variance + sigma ** 2))
        .logsumexp(-1),
    );
    const grid = (from: number, to: number, n: number): number[] =>
      Array.from({ length: n }, (_, i) => from + ((i + 0.5) * (to - from)) / n);
    const f = (y: Tensor, x: Tensor, delta: Tensor) => [
      implicit(score).perSample([], y, {}),
      denoising(score, { noise: gaussian(sigma) }).perSample([], x, { delta }),
    ];
    const ys = grid(-12, 12, 2000);
    const [xs, deltas] = [grid(-6, 6, 150), grid(-8 * sigma, 8 * sigma, 80)];
    const pairs = xs.flatMap((a) => deltas.map((d) => [a, d] as const));
    const column = (list: readonly number[]) =>
      tensor(Float32Array.from(list)).reshape([list.length, 1]);
    const step = compile(cpu.device, f);
    const [first, second] = await step(
      column(ys),
      column(pairs.map(([a]) => a)),
      column(pairs.map(([, d]) => d)),
    );
    const weighted = (values: ArrayLike<number>, weights: readonly number[]): number =>
      weights.reduce((sum, w, i) => sum + w * values[i]!, 0);
    expect(
      weighted(
        first!.data,
        ys.map((y) => (density(y, sigma ** 2) * 24) / 2000),
      ),
    ).toBeCloseTo(onQ, 4);
    const normal = (d: number) =>
      Math.exp((-0.5 * d ** 2) / sigma ** 2) / (sigma * Math.sqrt(2 * Math.PI));
    const cell = (12 / 150) * ((16 * sigma) / 80);
    expect(
      weighted(
        second!.data,
        pairs.map(([a, d]) => density(a, 0) * normal(d) * cell),
      ),
    ).toBeCloseTo(noisy, 4);
    await step.destroy();
  });
});
