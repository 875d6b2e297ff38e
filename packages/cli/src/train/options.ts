/** The options of `train`, their defaults, and what they make of a model and a training. */

import type { ActivationName } from "../activations.ts";
import { misused } from "../failure.ts";
import type { ModelSettings, NoiseSettings } from "../model/settings.ts";
import type { ObjectiveName } from "../objectives.ts";
import type { RunConfig, TrainingSettings } from "../run/config.ts";
import type { AskedEngine } from "../training-engine.ts";
import type { NoiseRange } from "./noise-range.ts";

export type Standardise = RunConfig["data"]["standardise"];

/** The options as commander hands them over. */
export interface TrainOptions extends AskedEngine {
  readonly objective: ObjectiveName;
  readonly sigma?: NoiseRange;
  readonly levels: number;
  readonly noiseConditional?: boolean;
  readonly radius: number;
  readonly projections: number;
  readonly hidden?: readonly number[];
  readonly activation: ActivationName;
  readonly steps?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly clip: number;
  readonly ema: number;
  readonly validation: number;
  readonly test: number;
  readonly validateEvery: number;
  readonly earlyStop: number;
  readonly standardise?: Standardise;
  readonly dequantise?: boolean;
  readonly outliers: RunConfig["data"]["outliers"];
  /** Always there: commander's default of --no-refit is true. */
  readonly refit: boolean;
  readonly rows: number;
  readonly seed: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Below this many training rows the defaults are a smaller network and smaller batches. */
export const fewRows = 1000;

/** The model for data of this shape. */
export function modelSettings(
  options: TrainOptions,
  rows: number,
  dimension: number,
): ModelSettings {
  const { activation, objective, radius, projections } = options;
  const hidden = options.hidden ?? (rows < fewRows ? [32, 32] : [64, 64]);
  const noise = noiseSettings(options);
  return { dimension, hidden, activation, objective, noise, radius, projections };
}

/** The budget for this many training rows. */
export function trainingSettings(
  options: TrainOptions,
  rows: number,
  standardise: Standardise,
): TrainingSettings {
  const batch = Math.min(options.batch ?? (rows < fewRows ? 64 : 128), rows);
  const steps =
    options.epochs === undefined
      ? (options.steps ?? 1500)
      : options.epochs * Math.max(1, Math.floor(rows / batch));
  const { clip, ema, engine, seed } = options;
  // Near-Gaussian scores leave less to learn and more to overfit: without the decay, samples lose their tails.
  const usualDecay = standardise === "quantile" ? (rows < fewRows ? 2 : 1) : 0.1;
  const weightDecay = options.weightDecay ?? usualDecay;
  const learningRate = options.learningRate ?? (standardise === "quantile" ? 0.001 : 0.003);
  const every = Math.min(options.validateEvery, steps);
  const heldOut = options.validation > 0 || options.test > 0;
  return {
    steps,
    batch,
    learningRate,
    weightDecay,
    clip,
    ema,
    every,
    patience: options.earlyStop,
    refit: options.refit && heldOut,
    engine,
    seed,
  };
}

/** The noise that the options ask for; throws when it does not fit the objective. */
function noiseSettings({
  objective,
  sigma,
  levels,
  noiseConditional,
}: TrainOptions): NoiseSettings | null {
  if (objective !== "denoising") {
    if (sigma === undefined && noiseConditional !== true) return null;
    const name = sigma === undefined ? "--noise-conditional" : "--sigma";
    throw misused(`${name} belongs to --objective denoising, and the objective is ${objective}`);
  }
  if (typeof sigma === "number") {
    if (noiseConditional !== true) return { kind: "fixed", sigma };
    throw misused(
      `--noise-conditional needs a range, as in --sigma 3..0.05, got the single level ${sigma}`,
    );
  }
  if (noiseConditional === false) {
    throw misused("--no-noise-conditional needs a single level, as in --sigma 0.3");
  }
  const { highest, lowest } = sigma ?? { highest: 3, lowest: 0.05 };
  return { kind: "ladder", highest, lowest, levels };
}
