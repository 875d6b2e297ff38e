// Claims of the lecture on denoising, by their [mm:ss], against closed forms.
//
// Quadratic expectations are exact, on batches with exact moments; the others are Monte Carlo within
// 4 standard errors.
import { grad, mean, mul, random, type Tensor, vmap } from "@cotangent/autodiff";
import { denoising, explicit, gaussian, implicit, sliced } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { eye, linearParams, linearScore } from "./support/linear-score.ts";
import { expectEstimate, meanOf, varianceOf } from "./support/monte-carlo.ts";
import { jointSigmaPoints, sigmaPoints } from "./support/sigma-points.ts";
import { smallNetwork } from "./support/small-network.ts";

const data = (values: Tensor): number[] => Array.from(values.data);

test.each([
  [0.1, 0.5 * (0.01 / 1.01) ** 2],
  [0.5, 0.02],
  [1, 0.125],
])(
  "[01:10] for small σ, q ≈ p: the score of q = N(0, 1 + σ²) is %d → ½(σ²/(1+σ²))² from that of p",
  (sigma, expected) => {
    const objective = explicit(linearScore, (x) => x.neg());
    const values = objective.perSample(
      linearParams([[1 / (1 + sigma ** 2)]], [0]),
      sigmaPoints([[1]]),
      {},
    );
    expectClose(mean(values), expected, 1e-12);
  },
);

describe("[05:33–10:26] a noisy mixture", () => {
  // p = .3 N(−1, .2²) + .7 N(1, .2²) in each of two dimensions; q adds σ = .4.
  const [sigma, n] = [0.4, 40_000];
  const choice = random.uniform(random.key(0), [n, 2]).less(0.3).astype("f64");
  const x = random.normal(random.key(1), [n, 2]).mul(0.2).add(1).sub(choice.mul(2));
  const noise = gaussian(sigma);
  const delta = noise.sample(random.key(2), [n, 2]);
  const variance = 0.2 ** 2 + sigma ** 2;
  /** ∂ log q at each coordinate, in plain arithmetic. */
  const trueScore = Array.from(x.add(delta).data, (y) => {
    const [low, high] = [
      0.3 * Math.exp((-0.5 * (y + 1) ** 2) / variance),
      0.7 * Math.exp((-0.5 * (y - 1) ** 2) / variance),
    ];
    return -(low * (y + 1) + high * (y - 1)) / (low + high) / variance;
  });

  test("[05:33] E_q[s·∇log q] = E[s(x̃)·(−ε/σ)] for any s", () => {
    const { score, params } = smallNetwork(2, 3);
    const s = score(params, x.add(delta)).data;
    const g = noise.logDensityGradient(delta).data;
    const difference = Array.from({ length: n }, (_, b) =>
      [2 * b, 2 * b + 1].reduce(
        (sum, i) => sum + (s[i] ?? 0) * ((trueScore[i] ?? 0) - (g[i] ?? 0)),
        0,
      ),
    );
    expectEstimate(meanOf(difference), 0, 0.05);
  });

  test.each([4, 5])(
    "[08:49] denoising = implicit on q + d/(2σ²), whatever the network (seed %i)",
    (seed) => {
      const { score, params } = smallNetwork(2, seed);
      const noisy = denoising(score, { noise }).perSample(params, x, { delta });
      const onQ = implicit(score).perSample(params, x.add(delta), {});
      expectEstimate(meanOf(data(noisy.sub(onQ))), 2 / (2 * sigma ** 2), 0.1);
    },
  );
});

test.each([1, 0.5, 0.1])(
  "[13:22] denoising's variance diverges as σ → 0: c²/2 with c = 1/(σ²(1+σ²)), σ = %d",
  (sigma) => {
    const x = random.normal(random.key(6), [100_000, 1]);
    const objective = denoising(linearScore, { noise: gaussian(sigma) });
    const params = linearParams([[1 / (1 + sigma ** 2)]], [0]);
    const values = objective.perSample(params, x, objective.draw(random.key(7), x)).data;
    const c = 1 / (sigma ** 2 * (1 + sigma ** 2));
    expectEstimate(meanOf(values), c / 2);
    expectEstimate(varianceOf(values), c ** 2 / 2);
  },
);

test("the control variate keeps the mean and bounds the variance as σ → 0, but not above σ ≈ .75", () => {
  const x = random.normal(random.key(8), [100_000, 1]);
  const variance = (sigma: number, controlVariate: boolean): number => {
    const objective = denoising(linearScore, { noise: gaussian(sigma), controlVariate });
    const params = linearParams([[1 / (1 + sigma ** 2)]], [0]);
    const values = objective.perSample(params, x, objective.draw(random.key(9), x)).data;
    expectEstimate(meanOf(values), 1 / (2 * sigma ** 2 * (1 + sigma ** 2)), 1);
    return varianceOf(values).value;
  };
  for (const sigma of [0.001, 0.01, 0.1]) expect(variance(sigma, true)).toBeLessThan(5);
  expect(variance(0.65, true)).toBeLessThan(variance(0.65, false));
  expect(variance(0.85, true)).toBeGreaterThan(variance(0.85, false));
});

test.each([0.25, 0.392, 0.6])(
  "[13:40] σ is a trade-off: squared bias dσ⁴ plus variance d²/(Nσ²), over (1+σ²)², at σ = %d",
  (sigma) => {
    const [d, n] = [5, 8000];
    const x = random.normal(random.key(10), [n, d]);
    const objective = denoising(linearScore, { noise: gaussian(sigma) });
    const optimum = linearParams(
      eye(d).map((row) => row.map((v) => v / (1 + sigma ** 2))),
      [0, 0, 0, 0, 0],
    );
    const { delta } = objective.draw(random.key(11), x);
    if (!delta) throw new Error("denoising draws delta");
    // At large N, A − A* = −⟨∂A⟩/(1+σ²), so N times the variance is E‖∂A‖² per sample over (1+σ²)².
    const gradientNorm = (row: Tensor, shift: Tensor): Tensor => {
      const value = (p: typeof optimum) =>
        mean(objective.perSample(p, row.reshape([1, d]), { delta: shift.reshape([1, d]) }));
      return grad(value)(optimum).A.square().sum();
    };
    expectEstimate(meanOf(vmap(gradientNorm)(x, delta).data), d ** 2 / sigma ** 2);
    // The printed curve for N = 1000, and its minimum .211 at σ ≈ .392.
    const risk = (s: number): number => (d * s ** 4 + d ** 2 / (1000 * s ** 2)) / (1 + s ** 2) ** 2;
    expect(risk(0.392)).toBeCloseTo(0.211, 3);
    expect(risk(0.392)).toBeLessThanOrEqual(Math.min(risk(0.36), risk(0.43)));
  },
);

test("[14:12] as σ → 0 the control-variate form is the reduced sliced objective plus d/(2σ²)", () => {
  const { score, params } = smallNetwork(3, 12);
  const x = random.normal(random.key(13), [8, 3]);
  const v = random.normal(random.key(14), [8, 3]);
  const limit = sliced(score, { reduced: true }).perSample(params, x, { v });
  const distance = (sigma: number): number => {
    const objective = denoising(score, { noise: gaussian(sigma), controlVariate: true });
    const values = objective
      .perSample(params, x, { delta: mul(sigma, v) })
      .sub(3 / (2 * sigma ** 2));
    return Math.max(...data(values.sub(limit).abs()));
  };
  expect(distance(1e-3)).toBeLessThan(0.02);
  expect(distance(1e-3) / distance(1e-2)).toBeCloseTo(0.1, 1);
});

test("[14:35] for Gaussian data denoising's minimum is ½ Σ λ_i/(σ²(λ_i + σ²)), above zero", () => {
  const lambdas = [3, 1, 0.2];
  const covariance = lambdas.map((lambda, i) => lambdas.map((_, j) => (i === j ? lambda : 0)));
  const { x, epsilon } = jointSigmaPoints(covariance);
  for (const sigma of [0.3, 1]) {
    const A = covariance.map((row, i) =>
      row.map((value, j) => (i === j ? 1 / (value + sigma ** 2) : 0)),
    );
    const objective = denoising(linearScore, { noise: gaussian(sigma) });
    const values = objective.perSample(linearParams(A, [0, 0, 0]), x, {
      delta: mul(sigma, epsilon),
    });
    const expected = lambdas.reduce((sum, l) => sum + l / (2 * sigma ** 2 * (l + sigma ** 2)), 0);
    expectClose(mean(values), expected, 1e-10);
  }
});
