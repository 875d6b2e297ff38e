// The level that a score resembles, its sign, and the risk of denoising with it, against closed forms.
import { random, type Tensor, tensor, zeros } from "@cotangent/autodiff";
import { effectiveSigma, type Score, scoreOf, sure } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { gaussianScore, mixtureScore, twoModes } from "../support/noisy-densities.ts";

describe("effectiveSigma", () => {
  test("finds no level for a score that is not a number", () => {
    const broken: Score<number> = (_, y) => y.mul(Number.NaN);
    const x = random.normal(random.key(1), [20, 2]);
    expect(effectiveSigma(broken, 0, x, random.key(2)).sigma).toBeNaN();
  });

  test.each([
    ["one row", [[1, 2]]],
    [
      "rows that are all the same",
      [
        [1, 2],
        [1, 2],
      ],
    ],
  ])("refuses %s, which have no spread", (_, rows) => {
    const find = (options?: { largest: number }) =>
      effectiveSigma(gaussianScore(1), 0, tensor(rows), random.key(2), options);
    expect(() => find()).toThrow(
      /^effectiveSigma: expected x \[B, d\] with rows that differ, got \d without any spread; give/,
    );
    expect(find({ largest: 2 }).sigma).toBeGreaterThanOrEqual(0);
  });

  test.each([0.3, 1])("finds the σ = %d whose noisy Gaussian a score belongs to", (sigma) => {
    const x = random.normal(random.key(1), [8000, 2]);
    const found = effectiveSigma(gaussianScore(sigma), 0, x, random.key(2));
    expect(Math.abs(found.sigma - sigma)).toBeLessThan(0.05);
    expect(found.alignment).toBeCloseTo(1 / (1 + sigma ** 2), 1);
  });

  test("finds the σ of a noisy mixture", () => {
    const x = twoModes(random.key(3), 6000);
    for (const sigma of [0.2, 0.6]) {
      const found = effectiveSigma(mixtureScore(sigma), 0, x, random.key(4));
      expect(Math.abs(found.sigma - sigma)).toBeLessThan(0.04);
    }
  });

  test("is 0 for a score steeper than the data's, and the largest level for one that is too flat", () => {
    const x = random.normal(random.key(5), [2000, 2]);
    const steep: Score = (_, z) => z.mul(-2);
    const flat: Score = (_, z) => z.mul(-0.01);
    expect(effectiveSigma(steep, 0, x, random.key(6)).sigma).toBe(0);
    expect(effectiveSigma(flat, 0, x, random.key(6), { largest: 3 }).sigma).toBeCloseTo(3, 5);
  });

  test("an energy given for a log density has an alignment below zero", () => {
    const x = random.normal(random.key(7), [2000, 3]);
    const energy = (_: number, z: Tensor): Tensor => z.square().sum(-1).mul(0.5);
    const wrong = effectiveSigma(scoreOf(energy), 0, x, random.key(8));
    const right = effectiveSigma(
      scoreOf((p: number, z) => energy(p, z).neg()),
      0,
      x,
      random.key(8),
    );
    expect(wrong.alignment).toBeCloseTo(-1, 1);
    expect(right.alignment).toBeCloseTo(1, 1);
  });

  test("a level that is not above zero is refused", () => {
    const x = zeros([5, 2]);
    expect(() => effectiveSigma(gaussianScore(1), 0, x, random.key(0))).toThrow(/largest/);
  });
});

describe("sure", () => {
  test("estimates the denoiser's risk within its standard error: 2·.2 on N(0, I_2) at σ = .5", () => {
    const sigma = 0.5;
    const noisy = random.normal(random.key(9), [40_000, 2]).mul(Math.sqrt(1 + sigma ** 2));
    const { risk, standardError, doingNothing } = sure(gaussianScore(sigma), 0, noisy, sigma);
    expect(Math.abs(risk - 0.4)).toBeLessThan(5 * standardError);
    expect(standardError).toBeLessThan(0.002);
    expect(doingNothing).toBe(0.5);
  });

  test("equals the true error on average, for a score that is not the right one", () => {
    const [sigma, x] = [0.4, twoModes(random.key(10), 20_000)];
    const noisy = x.add(random.normal(random.key(11), x.shape).mul(sigma));
    const score = mixtureScore(0.8);
    const error = noisy
      .add(score(0, noisy).mul(sigma ** 2))
      .sub(x)
      .square()
      .sum(-1);
    const { risk, standardError } = sure(score, 0, noisy, sigma);
    expect(Math.abs(risk - error.mean().item())).toBeLessThan(5 * standardError + 0.005);
  });

  test("is above doing nothing for a score of the wrong sign", () => {
    const noisy = random.normal(random.key(12), [1000, 2]);
    const { risk, doingNothing } = sure((_, z) => z, 0, noisy, 0.5);
    expect(risk).toBeGreaterThan(doingNothing);
  });

  test("one row, or no noise, is refused", () => {
    expect(() => sure(gaussianScore(1), 0, zeros([1, 2]), 1)).toThrow(
      "sure: expected at least 2 rows, got 1",
    );
    expect(() => sure(gaussianScore(1), 0, zeros([3, 2]), 0)).toThrow(/sigma/);
  });
});
