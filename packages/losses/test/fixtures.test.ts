// The numeric fixtures of the mathematics page, to the digits printed there.
import { grad, mean, mul, random, tensor } from "@cotangent/autodiff";
import {
  denoising,
  explicit,
  finiteDifference,
  gaussian,
  gaussianDirections,
  implicit,
  type Objective,
  type Projection,
  rademacher,
  scoreOf,
  sliced,
  sphere,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import * as batch from "./laws/linear-batch.ts";
import * as tanh from "./laws/tanh-network.ts";
import { expectClose } from "./support/close.ts";
import { linearScore, standardNormalScore } from "./support/linear-score.ts";
import { expectEstimate, meanOf, varianceOf } from "./support/monte-carlo.ts";
import { inverse, jointSigmaPoints, sigmaPoints } from "./support/sigma-points.ts";

describe("fixture 1: a linear score on three samples", () => {
  const noise = gaussian(batch.sigma);

  test("implicit has the printed value and gradients", () => {
    batch.implicitValues(implicit(linearScore));
  });
  test("sliced has the printed values per sample and gradients", () => {
    batch.slicedValues(sliced(linearScore));
  });
  test("sliced reduced has the printed value", () => {
    batch.reducedValues(sliced(linearScore, { reduced: true }));
  });
  test("finite-difference equals sliced reduced when ‖v‖² = d, at any radius", () => {
    for (const radius of [1, 0.1, 1e-3])
      batch.reducedValues(finiteDifference(linearScore, { radius }));
  });
  test("denoising has the printed values per sample and gradients", () => {
    batch.denoisingValues(denoising(linearScore, { noise }));
  });
  test("denoising with the control variate has the printed value", () => {
    batch.controlVariateValues(denoising(linearScore, { noise, controlVariate: true }));
  });
});

describe("fixture 2: a tanh network at one sample", () => {
  test("the trace by contraction has the printed value", () => {
    tanh.traceValue(tanh.network);
  });
  test("implicit has the printed value and ∂W₁, by contraction and by directions", () => {
    tanh.implicitValues(implicit(tanh.network.score));
    tanh.implicitValues(implicit(tanh.network.score, { useContraction: false }));
  });
  test("sliced has the printed value, and vᵀJv within it", () => {
    tanh.slicedValues(sliced(tanh.network.score));
    tanh.curvatureValue(sliced(tanh.network.score));
  });
});

describe("fixture 3: the true score of a standard normal, d = 10", () => {
  const s = standardNormalScore;
  const x = random.normal(random.key(3), [20_000, 10]);
  const values = (objective: Objective): ArrayLike<number> =>
    objective.perSample([], x, objective.draw(random.key(4), x)).data;
  const slicedBy = (distribution: Projection, reduced: boolean) =>
    sliced(s, { distribution, reduced });

  test.each([
    ["implicit", implicit(s), -5],
    ["sliced", sliced(s), -5],
    ["sliced reduced", sliced(s, { reduced: true }), -5],
    ["finite-difference", finiteDifference(s, { radius: 0.1 }), -5],
    ["denoising at σ = 1", denoising(s, { noise: gaussian(1) }), 5],
    ["denoising at σ = .5", denoising(s, { noise: gaussian(0.5) }), 16.25],
  ])("the mean of %s is the printed one", (_, objective, expected) => {
    expectEstimate(meanOf(values(objective)), expected);
  });

  test("explicit is zero", () => {
    expect(Math.max(...Array.from(values(explicit(s, (z) => z.neg()))))).toBe(0);
  });

  test.each([
    ["implicit", implicit(s), 5],
    ["sliced Gaussian", slicedBy(gaussianDirections, false), 65],
    ["sliced Rademacher", slicedBy(rademacher, false), 50],
    ["sliced √d-sphere", slicedBy(sphere, false), 50],
    ["reduced Gaussian", slicedBy(gaussianDirections, true), 25],
    ["reduced Rademacher", slicedBy(rademacher, true), 5],
    ["reduced √d-sphere", slicedBy(sphere, true), 5],
  ])("the variance of %s per sample is the printed one", (_, objective, expected) => {
    expectEstimate(varianceOf(values(objective)), expected);
  });
});

describe("fixture 4: a Gaussian in three dimensions, on batches with exact moments", () => {
  const Sigma = [
    [2, 0.6, 0],
    [0.6, 1, -0.3],
    [0, -0.3, 0.5],
  ];
  const zero = tensor([0, 0, 0]);

  test("implicit reaches −½ tr Σ⁻¹ at A = Σ⁻¹, where its gradient vanishes", () => {
    const params = { A: tensor(inverse(Sigma)), b: zero };
    const x = sigmaPoints(Sigma);
    const value = (p: typeof params) => mean(implicit(linearScore).perSample(p, x, {}));
    expectClose(value(params), -2.3828125, 1e-12);
    const gradient = grad(value)(params);
    expectClose(gradient.A, Array(9).fill(0), 1e-12);
    expectClose(gradient.b, [0, 0, 0], 1e-12);
  });

  test.each([
    [0.5, 4.4765178],
    [1, 0.7032967],
  ])("denoising at σ = %d reaches its minimum at A = (Σ + σ²I)⁻¹", (sigma, minimum) => {
    const noisy = Sigma.map((row, i) => row.map((value, j) => value + (i === j ? sigma ** 2 : 0)));
    const params = { A: tensor(inverse(noisy)), b: zero };
    const { x, epsilon } = jointSigmaPoints(Sigma);
    const objective = denoising(linearScore, { noise: gaussian(sigma) });
    const draws = { delta: mul(sigma, epsilon) };
    const value = (p: typeof params) => mean(objective.perSample(p, x, draws));
    expectClose(value(params), minimum, 6e-8);
    expectClose(grad(value)(params).A, Array(9).fill(0), 1e-12);
  });
});

describe("fixture 5: two Gaussians in one dimension, by quadrature", () => {
  const variance = 0.25;
  /** The density of the mixture with noise variance `extra` added, in plain arithmetic. */
  const density = (y: number, extra: number): number => {
    const v = variance + extra;
    const bump = (m: number): number => Math.exp(-((y - m) ** 2) / (2 * v));
    return (bump(-2) + bump(2)) / (2 * Math.sqrt(2 * Math.PI * v));
  };
  /** The score of q, through the engine: ∇ log Σ_k exp(−(y − m_k)²/2v). */
  const scoreOfQ = (sigma: number) =>
    scoreOf((_, y) =>
      y
        .sub(tensor([[-2, 2]]))
        .square()
        .mul(-0.5 / (variance + sigma ** 2))
        .logsumexp(-1),
    );
  const grid = (from: number, to: number, n: number): number[] =>
    Array.from({ length: n }, (_, i) => from + ((i + 0.5) * (to - from)) / n);
  const weighted = (values: ArrayLike<number>, weights: readonly number[]): number =>
    weights.reduce((sum, w, i) => sum + w * (values[i] ?? Number.NaN), 0);

  test.each([
    [0.25, -1.589024, 6.410976],
    [0.5, -0.94259, 1.05741],
    [1, -0.258943, 0.241057],
  ])("at σ = %d implicit on q and denoising have the printed values", (sigma, onQ, noisy) => {
    const score = scoreOfQ(sigma);
    const ys = grid(-12, 12, 4000);
    const y = tensor(ys).reshape([4000, 1]);
    const weights = ys.map((value) => (density(value, sigma ** 2) * 24) / 4000);
    expect(weighted(implicit(score).perSample([], y, {}).data, weights)).toBeCloseTo(onQ, 6);

    const [xs, deltas] = [grid(-6, 6, 250), grid(-8 * sigma, 8 * sigma, 120)];
    const pairs = xs.flatMap((a) => deltas.map((b) => [a, b] as const));
    const column = (index: 0 | 1) => tensor(pairs.map((pair) => pair[index])).reshape([-1, 1]);
    const gaussianDensity = (b: number): number =>
      Math.exp((-0.5 * b ** 2) / sigma ** 2) / (sigma * Math.sqrt(2 * Math.PI));
    const cell = (12 / 250) * ((16 * sigma) / 120);
    const jointWeights = pairs.map(([a, b]) => density(a, 0) * gaussianDensity(b) * cell);
    const objective = denoising(score, { noise: gaussian(sigma) });
    const values = objective.perSample([], column(0), { delta: column(1) }).data;
    expect(weighted(values, jointWeights)).toBeCloseTo(noisy, 6);
  });
});
