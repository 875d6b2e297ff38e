// Noise-conditional scores: preconditioning, the ladder, its weights and its draws.
import { mean, mul, random, type Tensor, tensor } from "@cotangent/autodiff";
import {
  atNoiseLevel,
  conditionalMlp,
  denoising,
  gaussian,
  gaussianLadder,
  implicit,
  type MlpParams,
  mlp,
  type Score,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { expectEstimate, meanOf } from "./support/monte-carlo.ts";
import { jointSigmaPoints } from "./support/sigma-points.ts";

const ladder = gaussianLadder({ from: 2, to: 0.02, levels: 5 });

/** Parameters with a last layer that is not zero. */
function trained(model: ReturnType<typeof conditionalMlp>): MlpParams {
  const key = random.key(1);
  return {
    layers: model.init(key).layers.map(({ weight, bias }, l) => ({
      weight: random.normal(random.foldIn(key, l), weight.shape).mul(0.4),
      bias: random.normal(random.foldIn(key, 50 + l), bias.shape),
    })),
  };
}

describe("conditionalMlp", () => {
  test.each([1, 0.3])(
    "starts as the exact score −x/(σ² + σ_d²) of Gaussian data, σ_d = %d",
    (dataStd) => {
      const model = conditionalMlp({ sizes: [3, 8, 3], dataStd });
      const x = random.normal(random.key(2), [4, 3]);
      const sigma = tensor([1e-4, 0.1, 1, 80]);
      const s = model.score(model.init(random.key(3)), x, sigma);
      const expected = Array.from(
        x.data,
        (value, i) => -value / ((sigma.data[Math.floor(i / 3)] ?? 0) ** 2 + dataStd ** 2),
      );
      expectClose(s, expected, 1e-13);
    },
  );

  test("s = (D − x)/σ² with the coefficients of Karras et al. 2022, table 1", () => {
    const dataStd = 0.5;
    const model = conditionalMlp({ sizes: [2, 6, 2], dataStd });
    const params = trained(model);
    const plain = mlp({ sizes: [11, 6, 2], activation: "silu" });
    const x = [0.4, -1.3];
    for (const sigma of [0.05, 0.7, 10]) {
      const total = sigma ** 2 + dataStd ** 2;
      const c = Math.log(sigma) / 4;
      const waves = [1, 2, 4, 8].flatMap((f) => [Math.sin(f * c), Math.cos(f * c)]);
      const inputs = [...x.map((value) => value / Math.sqrt(total)), c, ...waves];
      const F = plain.apply(params, tensor([inputs])).data;
      const expected = x.map((value, i) => {
        const D =
          (dataStd ** 2 / total) * value + ((sigma * dataStd) / Math.sqrt(total)) * (F[i] ?? 0);
        return (D - value) / sigma ** 2;
      });
      expectClose(model.score(params, tensor([x]), tensor([sigma])), expected, 1e-10);
    }
  });

  test("its trace by contraction equals d tangents to 1e-10", () => {
    for (const sizes of [
      [3, 3],
      [3, 7, 3],
      [3, 7, 6, 3],
      [3, 5, 4, 5, 3],
    ]) {
      const model = conditionalMlp({ sizes });
      const params = trained(model);
      const x = random.normal(random.key(5), [4, 3]);
      for (const level of [0.1, 1, 5]) {
        const score = atNoiseLevel(model.score, level);
        const exact = implicit(score).perSample(params, x, {});
        const generic = implicit(score, { useContraction: false }).perSample(params, x, {});
        expectClose(exact, Array.from(generic.data), 1e-10 * Math.max(...generic.abs().data));
      }
    }
  });

  test("in f32 it stays f32", () => {
    const model = conditionalMlp({ sizes: [2, 8, 2] });
    const params = model.init(random.key(6), { dtype: "f32" });
    const x = random.normal(random.key(7), [5, 2], { dtype: "f32" });
    const objective = denoising(model.score, { noise: ladder });
    const draws = objective.draw(random.key(8), x);
    expect(draws.delta?.dtype).toBe("f32");
    expect(draws.sigma?.dtype).toBe("f32");
    expect(objective.perSample(params, x, draws).dtype).toBe("f32");
  });
});

describe("gaussianLadder", () => {
  test("is geometric with exact ends, in either direction", () => {
    const { sigmas } = ladder.ladder;
    expect(sigmas[0]).toBe(2);
    expect(sigmas[4]).toBe(0.02);
    for (let i = 1; i < 5; i++)
      expect((sigmas[i] ?? 0) / (sigmas[i - 1] ?? 0)).toBeCloseTo(0.01 ** 0.25, 12);
    const up = gaussianLadder({ from: 0.02, to: 2, levels: 5 }).ladder.sigmas;
    up.forEach((sigma, i) => {
      expect(sigma).toBeCloseTo(sigmas[4 - i] ?? 0, 12);
    });
  });

  test("gives every level to an equal share of the rows, and each row noise of its own level", () => {
    const x = random.normal(random.key(9), [20_000, 2]);
    const { sigma, delta } = denoising((_, z) => z, { noise: ladder }).draw(random.key(10), x);
    if (!sigma || !delta) throw new Error("the ladder draws sigma and delta");
    for (const level of ladder.ladder.sigmas) {
      const share = Array.from(sigma.data, (value) => Number(Math.abs(value - level) < 1e-12));
      expectEstimate(meanOf(share), 0.2);
    }
    const scaled = delta.div(sigma.expandDims(-1));
    expectEstimate(meanOf(scaled.square().data), 1);
    expectEstimate(
      meanOf(scaled.square().mean(-1).mul(sigma).data),
      0.2 * ladder.ladder.sigmas.reduce((a, b) => a + b),
    );
  });

  test("σ² weights: at the optimum for N(0, I) each row's mean is ½d/(1 + σ²), order one at every level", () => {
    const model = conditionalMlp({ sizes: [2, 4, 2] });
    const params = model.init(random.key(11));
    const { x, epsilon } = jointSigmaPoints([
      [1, 0],
      [0, 1],
    ]);
    const objective = denoising(model.score, { noise: ladder });
    for (const level of ladder.ladder.sigmas) {
      const sigma = tensor(new Array<number>(8).fill(level));
      const values = objective.perSample(params, x, { delta: mul(level, epsilon), sigma });
      expectClose(mean(values), 1 / (1 + level ** 2), 1e-10);
    }
  });

  test("a row at level σ has σ² times the value of the one-level objective, control variate or not", () => {
    const model = conditionalMlp({ sizes: [2, 5, 2] });
    const params = trained(model);
    const x = random.normal(random.key(12), [3, 2]);
    const [level, delta] = [0.7, random.normal(random.key(13), [3, 2])];
    const sigma = tensor([level, level, level]);
    for (const controlVariate of [false, true]) {
      const conditional = denoising(model.score, { noise: ladder, controlVariate });
      const single = denoising(atNoiseLevel(model.score, level), {
        noise: gaussian(level),
        controlVariate,
      });
      const expected = single.perSample(params, x, { delta }).mul(level ** 2);
      expectClose(
        conditional.perSample(params, x, { delta, sigma }),
        Array.from(expected.data),
        1e-12,
      );
    }
  });

  test("the level reaches the score row by row", () => {
    const seen: Tensor[] = [];
    const spy: Score = (_, z, sigma) => {
      if (sigma) seen.push(sigma);
      return z.neg();
    };
    const objective = denoising(spy, { noise: ladder });
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    objective.perSample([], x, {
      delta: tensor([
        [0, 0],
        [0, 0],
      ]),
      sigma: tensor([0.5, 2]),
    });
    expect(seen[0]?.toArray()).toEqual([0.5, 2]);
  });
});
