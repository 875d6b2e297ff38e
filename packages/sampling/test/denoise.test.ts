// Tweedie's formula and Stein's unbiased risk estimate, against closed forms.
import { mul, random, type Tensor, tensor } from "@cotangent/autodiff";
import { sure, tweedie } from "@cotangent/sampling";
import { describe, expect, test } from "vitest";
import { expectEstimate, meanOf } from "./support/statistics.ts";

describe("tweedie [19:17–22:00]", () => {
  test("three point masses {−2, 0, 2.5}, σ = .7, x̃ = 1: E[x|x̃] = .545221752, by the posterior too", () => {
    const [points, sigma, noisy] = [[-2, 0, 2.5], 0.7, 1];
    const likelihood = points.map((p) => Math.exp(-((noisy - p) ** 2) / (2 * sigma ** 2)));
    const total = likelihood.reduce((a, b) => a + b);
    const posterior = points.reduce((sum, p, i) => sum + (p * (likelihood[i] ?? 0)) / total, 0);
    const score = (x: Tensor): Tensor => {
      const distances = x.sub(tensor([points]));
      const weights = distances
        .square()
        .mul(-0.5 / sigma ** 2)
        .softmax(-1);
      return weights
        .mul(distances)
        .sum(-1, { keepDims: true })
        .div(-(sigma ** 2));
    };
    const at = tensor([[noisy]]);
    expect(score(at).item()).toBeCloseTo(-0.928118874, 9);
    expect(tweedie(score, at, sigma).item()).toBeCloseTo(0.545221752, 9);
    expect(posterior).toBeCloseTo(0.545221752, 9);
  });

  test("on Gaussian data it is the shrinkage x̃/(1 + σ²), one level or a level for each row", () => {
    const noisy = random.normal(random.key(1), [3, 2]);
    const score = (x: Tensor, sigma: Tensor): Tensor =>
      x.neg().div(sigma.square().add(1).expandDims(-1));
    const levels = [0.1, 1, 3];
    const each = tweedie(score, noisy, tensor(levels));
    each.data.forEach((value, i) => {
      const sigma = levels[Math.floor(i / 2)] ?? Number.NaN;
      expect(value).toBeCloseTo((noisy.data[i] ?? Number.NaN) / (1 + sigma ** 2), 12);
    });
    expect(tweedie(score, noisy, 1).data[3]).toBeCloseTo((noisy.data[3] ?? Number.NaN) / 2, 12);
  });
});

describe("sure [15:42]", () => {
  const gaussianScore = (sigma: number) => (x: Tensor) => x.neg().div(1 + sigma ** 2);

  test("N(0, 1), σ = .5: the risk is .2, exactly on a batch with q's moments", () => {
    // ±√1.25 has the second moment of q = N(0, 1.25).
    const noisy = tensor([[Math.sqrt(1.25)], [-Math.sqrt(1.25)]]);
    expect(sure(gaussianScore(0.5), noisy, 0.5).mean().item()).toBeCloseTo(0.2, 12);
  });

  test("it estimates the true squared error of a denoiser that is not optimal, without the clean data", () => {
    const [n, d, sigma] = [20_000, 3, 0.6];
    const clean = random.normal(random.key(2), [n, d]);
    const noisy = clean.add(random.normal(random.key(3), [n, d]).mul(sigma));
    const score = (x: Tensor): Tensor => x.mul(1.7).tanh().mul(-0.8);
    const error = tweedie(score, noisy, sigma).sub(clean).square().sum(-1);
    const difference = sure(score, noisy, sigma).sub(error);
    expectEstimate(meanOf(difference.data), 0, 0.02);
    expectEstimate(meanOf(error.data), meanOf(sure(score, noisy, sigma).data).value, 0.02);
  });

  test("it is dσ² + 2σ⁴(tr J + ½‖s‖²), the trace written out", () => {
    const [x, sigma] = [[0.3, -0.8], 0.7];
    const score = (z: Tensor): Tensor => z.sin().neg();
    const trace = -x.reduce((sum, value) => sum + Math.cos(value), 0);
    const norm = x.reduce((sum, value) => sum + Math.sin(value) ** 2, 0);
    const expected = 2 * sigma ** 2 + 2 * sigma ** 4 * (trace + 0.5 * norm);
    expect(sure(score, tensor([x]), sigma).item()).toBeCloseTo(expected, 12);
  });

  test("probes that are d orthogonal axes of length √d give the exact value", () => {
    const noisy = random.normal(random.key(4), [5, 3]);
    const score = (z: Tensor): Tensor =>
      z
        .matmul(
          tensor([
            [1, 0.2, 0],
            [0, -1, 0.5],
            [0.1, 0, 2],
          ]),
        )
        .tanh();
    const axes = tensor([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
      .reshape([3, 1, 3])
      .broadcastTo([3, 5, 3]);
    const probed = sure(score, noisy, 0.4, { probes: mul(Math.sqrt(3), axes) });
    sure(score, noisy, 0.4).data.forEach((value, i) => {
      expect(probed.data[i]).toBeCloseTo(value, 12);
    });
  });
});
