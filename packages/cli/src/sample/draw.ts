/**
 * Samples from a trained run: annealed Langevin for noise-conditional models, Langevin otherwise.
 *
 * Chains start from a normal distribution as wide as the first noise level (annealed) or as the
 * standardised data, and end in data units.
 */

import { mul, random, type Tensor } from "@cotangent/autodiff";
import { annealedLangevin, langevin } from "@cotangent/sampling";
import { noiseLevels } from "../model/model.ts";
import type { TrainedRun } from "../run/load.ts";

/** How many samples and how the chains run; step sizes are in standardised units. */
export interface DrawOptions {
  readonly count: number;
  readonly seed: number;
  /** At each noise level, or in all for a model without a ladder. */
  readonly steps?: number;
  /** η/σ² at each level, or η for a model without a ladder. */
  readonly stepSize?: number;
}

/** Samples in data units: [count, d]. */
export function drawSamples(run: TrainedRun, options: DrawOptions): Tensor {
  const { model, params, standardiser } = run;
  const { dimension, noise } = model.settings;
  const [startKey, chainKey] = random.split(random.key(options.seed)) as [Tensor, Tensor];
  const start = random.normal(startKey, [options.count, dimension]);
  if (noise?.kind !== "ladder") {
    const { steps = 1000, stepSize = 0.01 } = options;
    const chain = langevin((x) => model.score(params, x), { steps, stepSize });
    return standardiser.inverse(chain(start, chainKey));
  }
  const { steps = 40, stepSize = 0.2 } = options;
  const chain = annealedLangevin((x, sigma) => model.score(params, x, sigma), {
    sigmas: noiseLevels(model.settings),
    stepsPerLevel: steps,
    stepSize,
    denoise: true,
  });
  // q at the highest level: the data's unit variance and the noise's.
  const wide = Math.hypot(1, noise.highest);
  return standardiser.inverse(chain(mul(wide, start), chainKey));
}
