// Langevin on a standard normal: the discretised chain is a linear recursion with a known law.
//
//   x ← (1 − η)x + √(2η)z:   variance 1/(1 − η/2), autocorrelation (1 − η)^k
import {
  checkGraph,
  evaluate,
  greater,
  random,
  type Tensor,
  tensor,
  trace,
  where,
} from "@cotangent/autodiff";
import { langevin, langevinStep, mala, malaStart, malaStep } from "@cotangent/sampling";
import { describe, expect, test } from "vitest";
import { expectEstimate, meanOf, varianceOf } from "./support/statistics.ts";

const normalScore = (x: Tensor): Tensor => x.neg();
const logNormal = (x: Tensor): Tensor => x.square().sum(-1).mul(-0.5);

describe("langevin", () => {
  test.each([
    [0.1, 1.05263],
    [0.5, 1.33333],
  ])("on N(0, 1) with η = %d the stationary variance is 1/(1 − η/2) = %d", (stepSize, expected) => {
    const chains = 15_000;
    // Started in the stationary law's scale; 60 steps of contraction 1 − η forget the rest.
    const x0 = random.normal(random.key(1), [chains, 1]);
    const x = langevin(normalScore, { steps: 60, stepSize })(x0, random.key(2));
    expect(1 / (1 - stepSize / 2)).toBeCloseTo(expected, 5);
    expectEstimate(meanOf(x.data), 0, 0.02);
    expectEstimate(varianceOf(x.data, 0), 1 / (1 - stepSize / 2), 0.02);
  });

  test("from a fixed start the mean is (1 − η)^n x0 and the variance 2η Σ(1 − η)^2k", () => {
    const [steps, stepSize, chains] = [5, 0.2, 15_000];
    const x0 = tensor([3]).broadcastTo([chains, 1]);
    const x = langevin(normalScore, { steps, stepSize })(x0, random.key(3));
    const mean = 3 * (1 - stepSize) ** steps;
    const variance = [0, 1, 2, 3, 4].reduce(
      (sum, k) => sum + 2 * stepSize * (1 - stepSize) ** (2 * k),
      0,
    );
    expectEstimate(meanOf(x.data), mean, 0.01);
    expectEstimate(varianceOf(x.data, mean), variance, 0.02);
  });

  test("the trajectory starts at x0, ends at the plain result, and follows the step", () => {
    const x0 = random.normal(random.key(4), [3, 2]);
    const [options, key] = [{ steps: 4, stepSize: 0.1 }, random.key(5)];
    const path = langevin(normalScore, { ...options, trajectory: true })(x0, key);
    expect(path.shape).toEqual([5, 3, 2]);
    const state = (i: number) => path.slice([i, 0, 0], [i + 1, 3, 2]).reshape([3, 2]);
    expect(state(0).data).toEqual(x0.data);
    expect(state(4).data).toEqual(langevin(normalScore, options)(x0, key).data);
    const step = langevinStep(normalScore, 0.1);
    expect(state(2).data).toEqual(step(state(1), random.foldIn(key, 1)).data);
  });

  test("in f32 it stays f32", () => {
    const x0 = random.normal(random.key(6), [3, 2], { dtype: "f32" });
    expect(langevin(normalScore, { steps: 2, stepSize: 0.1 })(x0, random.key(7)).dtype).toBe("f32");
  });
});

describe("mala", () => {
  test.each([0.1, 0.5, 1])("on N(0, 1) with η = %d the stationary variance is 1", (stepSize) => {
    const x0 = random.normal(random.key(8), [10_000, 1]).mul(1.2);
    const { samples } = mala(logNormal, { steps: 40, stepSize })(x0, random.key(9));
    expectEstimate(meanOf(samples.data), 0, 0.02);
    expectEstimate(varianceOf(samples.data, 0), 1, 0.02);
  });

  test("the acceptance rate falls with the step, and is the share of chains that moved", () => {
    const x0 = random.normal(random.key(10), [2000, 1]);
    const rate = (stepSize: number): number =>
      mala(logNormal, { steps: 5, stepSize })(x0, random.key(11)).acceptanceRate.item();
    expect(rate(0.01)).toBeGreaterThan(0.99);
    expect(rate(0.5)).toBeGreaterThan(rate(2));
    const { samples, acceptanceRate } = mala(logNormal, { steps: 1, stepSize: 2 })(
      x0,
      random.key(12),
    );
    const moved = samples.notEqual(x0).astype("f64").mean().item();
    expect(acceptanceRate.item()).toBeCloseTo(moved, 12);
    expect(moved).toBeLessThan(0.9);
  });

  test("one step accepts with min(1, p(y)q(x|y)/(p(x)q(y|x))), written out for one chain", () => {
    // A skewed density, so that the proposal's two directions differ: log p = −x⁴/4 − x.
    const logP = (x: number): number => -(x ** 4) / 4 - x;
    const slope = (x: number): number => -(x ** 3) - 1;
    const eta = 0.4;
    const density = (x: Tensor): Tensor => x.pow(4).mul(-0.25).sub(x).sum(-1);
    const proposalLog = (to: number, from: number): number =>
      -((to - from - eta * slope(from)) ** 2) / (4 * eta);
    const n = 2000;
    const x0 = random.normal(random.key(13), [n, 1]);
    const key = random.key(14);
    const after = malaStep(density, eta)(malaStart(density, x0), key);
    const z = random.normal(random.foldIn(key, 0), [n, 1]).data;
    const u = random.uniform(random.foldIn(key, 1), [n]).data;
    let accepted = 0;
    x0.data.forEach((x, i) => {
      const y = x + eta * slope(x) + Math.sqrt(2 * eta) * (z[i] ?? Number.NaN);
      const logAlpha = logP(y) - logP(x) + proposalLog(x, y) - proposalLog(y, x);
      const accept = Math.log(1 - (u[i] ?? Number.NaN)) < logAlpha;
      accepted += Number(accept);
      expect(after.x.data[i]).toBeCloseTo(accept ? y : x, 12);
    });
    expect(after.accepted.sum().item()).toBe(accepted);
    expect(accepted).toBeGreaterThan(200);
    expect(accepted).toBeLessThan(1900);
  });

  test("a chain that starts outside the support enters it, and the acceptance rate is a number", () => {
    // log p = −x for x > 0, −∞ elsewhere.
    const logP = (x: Tensor): Tensor =>
      where(greater(x, 0), x.neg(), Number.NEGATIVE_INFINITY).sum(-1);
    const x0 = tensor([[-0.5], [0.5]]);
    const { samples, acceptanceRate } = mala(logP, { steps: 40, stepSize: 1 })(x0, random.key(21));
    expect(samples.data.every((x) => x > 0)).toBe(true);
    expect(acceptanceRate.item()).toBeGreaterThan(0);
    expect(acceptanceRate.item()).toBeLessThanOrEqual(1);
  });

  test("a log density of one sample, [d] → [], is mapped over the chains", () => {
    const x0 = random.normal(random.key(15), [5, 2]);
    const one = (x: Tensor): Tensor => x.square().sum().mul(-0.5);
    const options = { steps: 3, stepSize: 0.3, trajectory: true };
    const [a, b] = [one, logNormal].map((p) => mala(p, options)(x0, random.key(16)).samples);
    expect(a?.shape).toEqual([4, 5, 2]);
    expect(a?.data).toEqual(b?.data);
  });
});

describe("steps are pure functions", () => {
  test("a traced Langevin step evaluates to the same numbers", () => {
    const x0 = random.normal(random.key(17), [4, 2]);
    const key = random.key(18);
    const step = langevinStep(normalScore, 0.1);
    const graph = trace(step)(x0, key);
    checkGraph(graph);
    expect((evaluate(graph, [x0, key]) as Tensor).data).toEqual(step(x0, key).data);
  });

  test("a traced MALA step evaluates to the same numbers", () => {
    const start = malaStart(logNormal, random.normal(random.key(19), [4, 2]));
    const key = random.key(20);
    const step = malaStep(logNormal, 0.5);
    const traced = evaluate(trace(step)(start, key), [start, key]) as typeof start;
    expect(traced.x.data).toEqual(step(start, key).x.data);
    expect(traced.accepted.data).toEqual(step(start, key).accepted.data);
  });
});
