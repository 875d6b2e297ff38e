// Unadjusted Langevin: a Markov chain whose drift is the score.
//
//   x ← x + η s(x) + √(2η) z,   z ~ N(0, I)
//
// Its stationary law is p up to an error of order η: on N(0, 1) the variance is 1/(1 − η/2)
// (Roberts & Tweedie 1996, section 1.4.1). Every row of x is a chain of its own.
import { add, mul, random, type Tensor } from "@cotangent/autodiff";
import { compileStep, readTensor, type StepEngine } from "./compile-step.ts";
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

/** Options of `langevin`. */
export interface LangevinOptions {
  /** How many steps. */
  readonly steps: number;
  /** η, in (data units)². */
  readonly stepSize: number;
  /** Return every state, [steps + 1, B, d] with x0 first, instead of the last one (default false). */
  readonly trajectory?: boolean;
  /** Compiles the step, (x, key) → x; by default it is interpreted. */
  readonly engine?: StepEngine;
}

/** Chains from x0: [B, d], with the randomness of `key`: [B, d], or [steps + 1, B, d]. */
export type Sampler = (x0: Tensor, key: Tensor) => Tensor;

/**
 * Unadjusted Langevin dynamics. score: x [B, d] → ∇log p [B, d].
 *
 * The result is a pure function of x0 and key. Throws unless stepSize > 0 and steps ≥ 1.
 * Source: Roberts & Tweedie 1996, section 1.4.1.
 */
export function langevin(score: (x: Tensor) => Tensor, options: LangevinOptions): Sampler {
  const given = requireOptions("langevin", options, "{ steps: 1000, stepSize: 0.01 }", [
    "steps",
    "stepSize",
    "trajectory",
    "engine",
  ]);
  const { steps, stepSize, trajectory = false, engine } = given;
  requireCount("langevin", "steps", steps, "give the number of updates");
  const step = compileStep(engine, langevinStep(score, stepSize), readTensor, ([key]) => [
    readTensor(key),
  ]);
  return (x0, key) => {
    requireChains("langevin", x0);
    const record = trajectory ? (x: Tensor) => x : undefined;
    const run = runChain({ step, start: x0, key, steps, record });
    return run.trajectory ?? run.last;
  };
}

/** One update, x + η s(x) + √(2η) z: a pure function of x: [B, d] and key. Throws unless η > 0. */
export function langevinStep(
  score: (x: Tensor) => Tensor,
  stepSize: number,
): (x: Tensor, key: Tensor) => Tensor {
  requireFunction("langevin", "the score", score);
  requirePositive("langevin", "stepSize", stepSize, "give η in squared data units, such as 0.01");
  return (x, key) => {
    const s = requireShape("langevin", "the score", score(x), x.shape);
    const z = random.normal(key, x.shape, { dtype: requireFloat("langevin", x) });
    return add(add(x, mul(stepSize, s)), mul(Math.sqrt(2 * stepSize), z));
  };
}
