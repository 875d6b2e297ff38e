/**
 * A score model from its settings: network, score and objective.
 *
 * With a ladder of noise levels the network is noise-conditional and starts at the optimal score of
 * a Gaussian; otherwise it is a plain perceptron.
 */

import type { Tensor, Tree } from "@cotangent/autodiff";
import {
  conditionalMlp,
  denoising,
  gaussianLadder,
  mlp,
  type Objective,
  type Score,
} from "@cotangent/losses";
import { objectiveOf } from "../objectives.ts";
import type { ModelSettings } from "./settings.ts";

/** A network with the objective that trains it, both in standardised units. */
export interface Model {
  readonly settings: ModelSettings;
  /** Weights in single precision, in which training computes. */
  init(key: Tensor): Tree;
  readonly score: Score;
  readonly objective: Objective;
}

/** The model that the settings describe. */
export function buildModel(settings: ModelSettings): Model {
  const { dimension, hidden, activation, noise } = settings;
  const sizes = [dimension, ...hidden, dimension];
  const network =
    noise?.kind === "ladder" ? conditionalMlp({ sizes, activation }) : mlp({ sizes, activation });
  return {
    settings,
    init: (key) => network.init(key, { dtype: "f32" }) as unknown as Tree,
    score: network.score,
    objective: objectiveFor(settings, network.score),
  };
}

/** The objective of these settings for any score, such as that of a Gaussian fit. */
export function objectiveFor(settings: ModelSettings, score: Score): Objective {
  const { noise, objective, radius, projections } = settings;
  if (noise?.kind === "ladder") {
    const { highest, lowest, levels } = noise;
    return denoising(score, { noise: gaussianLadder({ from: highest, to: lowest, levels }) });
  }
  return objectiveOf(objective, score, { sigma: noise?.sigma ?? 1, radius, projections });
}

/** The noise levels of a ladder, falling; none for a model without one. */
export function noiseLevels({ noise }: ModelSettings): readonly number[] {
  if (noise?.kind !== "ladder") return noise === null ? [] : [noise.sigma];
  const { highest, lowest, levels } = noise;
  return gaussianLadder({ from: highest, to: lowest, levels }).ladder.sigmas;
}
