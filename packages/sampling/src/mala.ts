// The Metropolis-adjusted Langevin algorithm: Langevin proposals, accepted so that p is kept exactly.
//
//   y = x + η∇log p(x) + √(2η) z
//   log α = log p(y) − log p(x) + [‖y − x − η∇log p(x)‖² − ‖x − y − η∇log p(y)‖²]/(4η)
//
// Needs the log density, not only its gradient (Roberts & Tweedie 1996, section 1.4.2).
import {
  add,
  astype,
  expandDims,
  less,
  log1p,
  mean,
  mul,
  neg,
  random,
  square,
  sub,
  sum,
  Tensor,
  type Tree,
  where,
  zeros,
} from "@cotangent/autodiff";
import { compileStep, readTensor, type StepEngine } from "./compile-step.ts";
import { type LogDensity, withGradient } from "./log-density.ts";
import {
  requireChains,
  requireCount,
  requireFloat,
  requireFunction,
  requireOptions,
  requirePositive,
} from "./preconditions.ts";
import { runChain } from "./run-chain.ts";

/** Options of `mala`. */
export interface MalaOptions {
  /** How many steps. */
  readonly steps: number;
  /** η, in (data units)²; an acceptance rate near .57 is efficient (Roberts & Rosenthal 1998). */
  readonly stepSize: number;
  /** Return every state, [steps + 1, B, d] with x0 first, instead of the last one (default false). */
  readonly trajectory?: boolean;
  /** Compiles the step, (state, key) → state; by default it is interpreted. */
  readonly engine?: StepEngine;
}

/** What `mala` returns. */
export type MalaResult = {
  /** The last states [B, d], or with `trajectory` all of them, [steps + 1, B, d]. */
  readonly samples: Tensor;
  /** The share of proposals accepted, over steps and chains: a scalar. */
  readonly acceptanceRate: Tensor;
};

/** What a step passes on; `accepted` counts each chain's accepted proposals. */
export type MalaState = {
  /** [B, d] */
  readonly x: Tensor;
  /** log p(x), [B] */
  readonly logP: Tensor;
  /** ∇log p(x), [B, d] */
  readonly gradient: Tensor;
  /** [B] */
  readonly accepted: Tensor;
};

/**
 * Metropolis-adjusted Langevin chains. logDensity: x [B, d] → log p up to a constant, [B].
 *
 * Returns a pure function of x0 [B, d] and key. Throws unless stepSize > 0 and steps ≥ 1.
 * Source: Roberts & Tweedie 1996, section 1.4.2.
 */
export function mala(
  logDensity: LogDensity,
  options: MalaOptions,
): (x0: Tensor, key: Tensor) => MalaResult {
  const given = requireOptions("mala", options, "{ steps: 1000, stepSize: 0.1 }", [
    "steps",
    "stepSize",
    "trajectory",
    "engine",
  ]);
  const { steps, stepSize, trajectory = false, engine } = given;
  requireCount("mala", "steps", steps, "give the number of updates");
  const step = compileStep(engine, malaStep(logDensity, stepSize), readState, ([key]) => [
    readTensor(key),
  ]);
  return (x0, key) => {
    const start = malaStart(logDensity, x0);
    const record = trajectory ? (state: MalaState) => state.x : undefined;
    const run = runChain({ step, start, key, steps, record });
    return {
      samples: run.trajectory ?? run.last.x,
      acceptanceRate: mul(1 / steps, mean(run.last.accepted)),
    };
  };
}

/** The state that chains at x0: [B, d] start from. */
export function malaStart(logDensity: LogDensity, x0: Tensor): MalaState {
  requireChains("mala", x0);
  const [logP, gradient] = withGradient("mala", logDensity, x0);
  // Not 0·log p, which is NaN for a chain that starts outside the support.
  return { x: x0, logP, gradient, accepted: zeros(logP.shape, { dtype: logP.dtype }) };
}

/** One proposal and its acceptance: a pure function of state and key. Throws unless η > 0. */
export function malaStep(
  logDensity: LogDensity,
  stepSize: number,
): (state: MalaState, key: Tensor) => MalaState {
  requireFunction("mala", "the log density", logDensity);
  requirePositive("mala", "stepSize", stepSize, "give η in squared data units, such as 0.1");
  const drift = (gradient: Tensor): Tensor => mul(stepSize, gradient);
  return ({ x, logP, gradient, accepted }, key) => {
    const z = random.normal(random.foldIn(key, 0), x.shape, { dtype: requireFloat("mala", x) });
    const y = add(add(x, drift(gradient)), mul(Math.sqrt(2 * stepSize), z));
    const [logPy, gradientY] = withGradient("mala", logDensity, y);

    // ‖y − x − η∇log p(x)‖² = 2η‖z‖²
    const there = mul(2 * stepSize, sum(square(z), -1));
    const back = sum(square(sub(sub(x, y), drift(gradientY))), -1);
    const logAlpha = add(sub(logPy, logP), mul(1 / (4 * stepSize), sub(there, back)));

    // log U < log α, as −log(1 − U) > −log α with U in [0, 1), so that log 0 cannot occur.
    const u = random.uniform(random.foldIn(key, 1), logP.shape, { dtype: requireFloat("mala", x) });
    const accept = less(log1p(neg(u)), logAlpha);
    const column = expandDims(accept, -1);
    return {
      x: where(column, y, x),
      logP: where(accept, logPy, logP),
      gradient: where(column, gradientY, gradient),
      accepted: add(accepted, astype(accept, accepted.dtype)),
    };
  };
}

const isRecord = (tree: Tree | undefined): tree is { readonly [name: string]: Tree } =>
  typeof tree === "object" && !(tree instanceof Tensor) && !Array.isArray(tree);

/** A state out of the tree that an engine passes. */
function readState(tree: Tree | undefined): MalaState {
  const field = (name: string): Tensor => readTensor(isRecord(tree) ? tree[name] : undefined);
  return {
    x: field("x"),
    logP: field("logP"),
    gradient: field("gradient"),
    accepted: field("accepted"),
  };
}
