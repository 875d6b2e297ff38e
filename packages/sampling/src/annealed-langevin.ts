// Annealed Langevin: Langevin at falling noise levels, each starting where the last one ended.
//
//   for σ in σ_1 > σ_2 > …:   x ← x + η_σ s(x, σ) + √(2η_σ) z,   η_σ = stepSize·σ²
//
// The first levels see one broad mode and set the weights of the modes; the last ones sharpen them
// (Song & Ermon 2019, algorithm 1, whose α_i is 2η_σ here). Drift and noise scale together.
import {
  add,
  expandDims,
  full,
  mul,
  random,
  sqrt,
  square,
  stack,
  type Tensor,
} from "@cotangent/autodiff";
import { compileStep, readTensor, type StepEngine } from "./compile-step.ts";
import type { Sampler } from "./langevin.ts";
import {
  requireChains,
  requireCount,
  requireFloat,
  requireFunction,
  requireOptions,
  requirePositive,
  requireShape,
} from "./preconditions.ts";
import { runChain } from "./run-chain.ts";
import { tweedie } from "./tweedie.ts";

/** A noise-conditional score: x [B, d], sigma [B] in data units → [B, d]. */
export type ConditionalScore = (x: Tensor, sigma: Tensor) => Tensor;

/** Options of `annealedLangevin`. */
export interface AnnealedLangevinOptions {
  /** Noise levels in data units, falling, such as a ladder's. */
  readonly sigmas: readonly number[];
  /** Steps at each level (Song & Ermon 2019 take 100). */
  readonly stepsPerLevel: number;
  /** η/σ², without a unit; above 1 the chain overshoots and above 2 it diverges. */
  readonly stepSize: number;
  /** Finish with the denoised mean at the last level (default false). */
  readonly denoise?: boolean;
  /** Return the state at the start and after each level, [levels + 1, B, d] (default false). */
  readonly trajectory?: boolean;
  /** Compiles the step, (x, sigma, key) → x, once; by default it is interpreted. */
  readonly engine?: StepEngine;
}

/**
 * Annealed Langevin dynamics. Samples p ∗ N(0, σ²I) of the last level, or with `denoise` its
 * posterior mean.
 *
 * Returns a pure function of x0 [B, d] and key; start wide, with the first level's standard
 * deviation. Throws unless the levels fall and are > 0, stepSize > 0 and stepsPerLevel ≥ 1.
 * Source: Song & Ermon 2019, algorithm 1.
 */
export function annealedLangevin(
  score: ConditionalScore,
  options: AnnealedLangevinOptions,
): Sampler {
  const example = "{ sigmas: [1, 0.3, 0.1], stepsPerLevel: 100, stepSize: 0.1 }";
  const given = requireOptions("annealedLangevin", options, example, [
    "sigmas",
    "stepsPerLevel",
    "stepSize",
    "denoise",
    "trajectory",
    "engine",
  ]);
  const { sigmas, stepsPerLevel, stepSize, denoise = false, trajectory = false } = given;
  requireLevels(sigmas);
  requireCount("annealedLangevin", "stepsPerLevel", stepsPerLevel, "100 is the usual choice");
  const plain = annealedLangevinStep(score, stepSize);
  const step = compileStep(options.engine, plain, readTensor, ([sigma, key]) => [
    readTensor(sigma),
    readTensor(key),
  ]);
  return (x0, key) => {
    const [batch] = requireChains("annealedLangevin", x0);
    const states = [x0];
    let x = x0;
    sigmas.forEach((sigma, level) => {
      const levels = full([batch], sigma, { dtype: x0.dtype });
      const levelKey = random.foldIn(key, level);
      const levelStep = (state: Tensor, k: Tensor): Tensor => step(state, levels, k);
      x = runChain({ step: levelStep, start: x, key: levelKey, steps: stepsPerLevel }).last;
      if (denoise && level === sigmas.length - 1) x = tweedie(score, x, sigma);
      states.push(x);
    });
    return trajectory ? stack(states) : x;
  };
}

/** One update at the levels sigma: [B]: a pure function of x: [B, d], sigma and key. */
export function annealedLangevinStep(
  score: ConditionalScore,
  stepSize: number,
): (x: Tensor, sigma: Tensor, key: Tensor) => Tensor {
  const remedy = "give η/σ², such as 0.1";
  requireFunction("annealedLangevin", "the score", score);
  requirePositive("annealedLangevin", "stepSize", stepSize, remedy);
  return (x, sigma, key) => {
    const s = requireShape("annealedLangevin", "the score", score(x, sigma), x.shape);
    const eta = expandDims(mul(stepSize, square(sigma)), -1);
    const z = random.normal(key, x.shape, { dtype: requireFloat("annealedLangevin", x) });
    return add(add(x, mul(eta, s)), mul(sqrt(mul(2, eta)), z));
  };
}

/** Throws unless there is a level, all are > 0, and they fall. */
function requireLevels(sigmas: readonly number[]): void {
  if (!Array.isArray(sigmas))
    throw new TypeError(
      "annealedLangevin: expected sigmas to be a list of numbers, such as a ladder's; write [...] around one, and toArray() behind a tensor",
    );
  if (sigmas.length === 0)
    throw new RangeError(
      "annealedLangevin: expected at least one noise level, got none; ten geometric levels from the data's spread down are usual",
    );
  sigmas.forEach((sigma, level) => {
    const remedy = "give standard deviations in data units";
    requirePositive("annealedLangevin", `sigmas[${level}]`, sigma, remedy);
    const before = sigmas[level - 1] ?? Number.POSITIVE_INFINITY;
    if (sigma >= before)
      throw new RangeError(
        `annealedLangevin: expected falling noise levels, got sigmas[${level}] = ${sigma} after ${before}; reverse or sort them`,
      );
  });
}
