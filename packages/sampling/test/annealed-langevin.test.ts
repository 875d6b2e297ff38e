// Annealed Langevin recovers the weights of far modes; plain Langevin does not.
//
//   p = .8 N((5,5), I) + .2 N((−5,−5), I)      (Song & Ermon 2019, section 3.2.2)
import { evaluate, random, type Tensor, tensor, trace } from "@cotangent/autodiff";
import { annealedLangevin, annealedLangevinStep, langevin } from "@cotangent/sampling";
import { describe, expect, test } from "vitest";
import { expectEstimate, meanOf, varianceOf } from "./support/statistics.ts";

/** The mixture's score with noise of level sigma: [B]; posterior weights times distances. */
function mixtureScore(x: Tensor, sigma: Tensor): Tensor {
  const variance = sigma.square().add(1).expandDims(-1);
  const [large, small] = [x.sub(5), x.add(5)];
  const logOdds = small
    .square()
    .sum(-1, { keepDims: true })
    .sub(large.square().sum(-1, { keepDims: true }))
    .div(variance.mul(2))
    .add(Math.log(4));
  const weight = logOdds.sigmoid();
  return weight.mul(large).add(weight.neg().add(1).mul(small)).div(variance).neg();
}

const chains = 1000;
const start = random.uniform(random.key(1), [chains, 2], { low: -8, high: 8 });
const sigmas = Array.from({ length: 10 }, (_, i) => 20 * (1 / 20) ** (i / 9));
/** The share of chains nearer the large mode. */
const largeShare = (x: Tensor): number => x.sum(-1).greater(0).astype("f64").mean().item();

describe("on two far modes of weights .8 and .2", () => {
  test("annealed Langevin with true scores ends with .76–.79 in the large one", () => {
    const sampler = annealedLangevin(mixtureScore, { sigmas, stepsPerLevel: 100, stepSize: 0.2 });
    const share = largeShare(sampler(start, random.key(2)));
    // .76–.79 depending on the step constant; 4 standard errors of a share of 1000 chains are .053.
    expect(share).toBeGreaterThan(0.76 - 0.053);
    expect(share).toBeLessThan(0.79 + 0.053);
  });

  test("plain Langevin stays near the half that the uniform start gives", () => {
    const zero = tensor([0]).broadcastTo([chains]);
    const sampler = langevin((x) => mixtureScore(x, zero), { steps: 300, stepSize: 0.1 });
    expect(Math.abs(largeShare(sampler(start, random.key(3))) - 0.5)).toBeLessThan(0.07);
  });
});

test("on N(0, 1) with one level the chain is Langevin with η = stepSize·σ²: same numbers", () => {
  const sigma = 0.5;
  const x0 = random.normal(random.key(4), [5, 3]);
  const key = random.key(5);
  const score = (x: Tensor): Tensor => x.neg().div(1 + sigma ** 2);
  const annealed = annealedLangevin(score, { sigmas: [sigma], stepsPerLevel: 7, stepSize: 0.4 });
  const plain = langevin(score, { steps: 7, stepSize: 0.4 * sigma ** 2 });
  const [a, b] = [annealed(x0, key), plain(x0, random.foldIn(key, 0))];
  a.data.forEach((value, i) => {
    expect(value).toBeCloseTo(b.data[i] ?? Number.NaN, 12);
  });
});

test("drift and noise scale together: at each level the variance is that of q to order stepSize", () => {
  // On N(0, 1) the chain at level σ is x ← (1 − c)x + √(2η)z with c = η/(1 + σ²): variance
  // (1 + σ²)/(1 − c/2).
  const score = (x: Tensor, sigma: Tensor): Tensor =>
    x.neg().div(sigma.square().add(1).expandDims(-1));
  const [n, stepSize, levels] = [10_000, 0.5, [2, 0.7]];
  const x0 = random.normal(random.key(6), [n, 1]).mul(2);
  const path = annealedLangevin(score, {
    sigmas: levels,
    stepsPerLevel: 60,
    stepSize,
    trajectory: true,
  })(x0, random.key(7));
  expect(path.shape).toEqual([3, n, 1]);
  levels.forEach((sigma, level) => {
    const total = 1 + sigma ** 2;
    const c = (stepSize * sigma ** 2) / total;
    const state = path.slice([level + 1, 0, 0], [level + 2, n, 1]);
    expectEstimate(meanOf(state.data), 0, 0.05);
    expectEstimate(varianceOf(state.data, 0), total / (1 - c / 2), 0.1);
  });
});

test("denoise ends with the posterior mean at the last level", () => {
  const score = (x: Tensor, sigma: Tensor): Tensor =>
    x.neg().div(sigma.square().add(1).expandDims(-1));
  const options = { sigmas: [1, 0.5], stepsPerLevel: 3, stepSize: 0.1 };
  const x0 = random.normal(random.key(8), [4, 2]);
  const plain = annealedLangevin(score, options)(x0, random.key(9));
  const denoised = annealedLangevin(score, { ...options, denoise: true })(x0, random.key(9));
  denoised.data.forEach((value, i) => {
    expect(value).toBeCloseTo((plain.data[i] ?? Number.NaN) / 1.25, 12);
  });
});

test("a traced step evaluates to the same numbers", () => {
  const step = annealedLangevinStep(mixtureScore, 0.1);
  const args = [random.normal(random.key(10), [3, 2]), tensor([1, 2, 3]), random.key(11)] as const;
  expect((evaluate(trace(step)(...args), args) as Tensor).data).toEqual(step(...args).data);
});
