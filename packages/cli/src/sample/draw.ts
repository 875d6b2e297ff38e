/**
 * Samples from a trained run: the probability flow or annealed Langevin for noise-conditional models,
 * Langevin otherwise.
 *
 * Rows start from a normal distribution as wide as the data at the first noise level, or as the
 * standardised data, and end in data units.
 */

import { mul, random, type Tensor } from "@cotangent/autodiff";
import { annealedLangevin, langevin } from "@cotangent/sampling";
import { misused } from "../failure.ts";
import { noiseLevels } from "../model/model.ts";
import type { TrainedRun } from "../run/load.ts";
import { probabilityFlow } from "./probability-flow.ts";

/** The ways to draw. */
export const samplers = ["flow", "langevin"] as const;

/** How many samples and how they are drawn; step sizes are in standardised units. */
export interface DrawOptions {
  readonly count: number;
  readonly seed: number;
  /** Default: flow for a model with a ladder of noise levels. */
  readonly sampler?: (typeof samplers)[number];
  /** Of the flow, or at each noise level, or in all for a model without a ladder. */
  readonly steps?: number;
  /** Langevin's η/σ² at each level, or η for a model without a ladder. */
  readonly stepSize?: number;
}

/** Samples in data units: [count, d]. */
export function drawSamples(run: TrainedRun, options: DrawOptions): Tensor {
  const { model, params, standardiser } = run;
  const { dimension, noise } = model.settings;
  const { sampler = noise?.kind === "ladder" ? "flow" : "langevin" } = options;
  if (sampler === "flow" && options.stepSize !== undefined)
    throw misused("--step-size belongs to --sampler langevin; the flow takes --steps alone");
  const [startKey, chainKey] = random.split(random.key(options.seed)) as [Tensor, Tensor];
  const start = random.normal(startKey, [options.count, dimension]);
  if (noise?.kind !== "ladder") {
    if (sampler === "flow")
      throw misused("--sampler flow needs a run that was trained on a range of noise levels");
    const { steps = 1000, stepSize = 0.01 } = options;
    const chain = langevin((x) => model.score(params, x), { steps, stepSize });
    return standardiser.inverse(chain(start, chainKey));
  }
  const score = (x: Tensor, sigma: Tensor): Tensor => model.score(params, x, sigma);
  const { highest, lowest } = noise;
  // q at the highest level: the data's unit variance and the noise's.
  const wide = mul(Math.hypot(1, highest), start);
  if (sampler === "flow") {
    const { steps = 32 } = options;
    return standardiser.inverse(probabilityFlow(score, { highest, lowest, steps })(wide));
  }
  const { steps = 40, stepSize = 0.2 } = options;
  const sigmas = noiseLevels(model.settings);
  const chain = annealedLangevin(score, { sigmas, stepsPerLevel: steps, stepSize, denoise: true });
  return standardiser.inverse(chain(wide, chainKey));
}
