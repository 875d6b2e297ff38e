/**
 * config.json of a run folder: everything that decides the run, so that it can be resumed and used.
 *
 * Read back with checks: a damaged or foreign file is refused with the field's name.
 */

import { activationNames } from "../activations.ts";
import { failed } from "../failure.ts";
import type { ModelSettings } from "../model/settings.ts";
import { objectiveNames } from "../objectives.ts";

/** How columns are brought to comparable units. */
export const standardisations = ["quantile", "whiten", "scale", "none"] as const;

/** Where the rows came from and how they were prepared. */
export interface DataSettings {
  readonly source: string;
  readonly columns: readonly string[];
  readonly hasHeader: boolean;
  /** The grid steps of columns that were dequantised, in data units; 0 elsewhere. */
  readonly dequantised: readonly number[] | null;
  readonly standardise: (typeof standardisations)[number];
}

/** The budget and the optimiser. */
export interface TrainingSettings {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clip: number;
  /** Decay of the moving average of the weights; 0: none. */
  readonly ema: number;
  /** Steps between validations, and how many without a new best end the run; 0: never. */
  readonly every: number;
  readonly patience: number;
  readonly seed: number;
}

/** A run's settings. */
export interface RunConfig {
  readonly kind: "cotangent-run";
  readonly version: 1;
  readonly data: DataSettings;
  readonly model: ModelSettings;
  readonly training: TrainingSettings;
}

/** Reads the text of a config.json; `source` names it in errors. */
export function parseConfig(text: string, source: string): RunConfig {
  let value: Partial<RunConfig> | null;
  try {
    value = JSON.parse(text) as Partial<RunConfig> | null;
  } catch (error) {
    throw failed(`${source}: expected the JSON of a run, got damaged text`, error);
  }
  const require = (holds: boolean | undefined, what: string): void => {
    if (!holds) throw failed(`${source}: expected ${what}; this is no run of this version`);
  };
  require(value?.kind === "cotangent-run" &&
    value.version === 1, '"kind": "cotangent-run" and "version": 1');
  const { data, model, training } = value as RunConfig;
  require(Array.isArray(data?.columns) && data.columns.length > 0, "data.columns, a list of names");
  require(standardisations.includes(
    data.standardise,
  ), `data.standardise, one of ${standardisations.join(", ")}`);
  require(model?.dimension === data.columns.length, "model.dimension, the number of columns");
  require(isWidths(model.hidden), "model.hidden, a list of widths");
  require(activationNames.includes(model.activation), "model.activation, a known name");
  require(objectiveNames.includes(model.objective), "model.objective, a known name");
  require(isNoise(model), "model.noise, a noise that fits the objective");
  for (const name of ["steps", "batch", "learningRate", "every"] as const) {
    require(isPositive(training?.[name]), `training.${name}, a number above 0`);
  }
  require(Number.isSafeInteger(training.seed), "training.seed, a whole number");
  return value as RunConfig;
}

function isWidths(value: unknown): boolean {
  return Array.isArray(value) && value.every((width) => Number.isSafeInteger(width) && width > 0);
}

function isNoise({ noise, objective }: ModelSettings): boolean {
  if (objective !== "denoising") return noise === null;
  if (noise?.kind === "fixed") return isPositive(noise.sigma);
  return noise?.kind === "ladder" && isPositive(noise.highest) && isPositive(noise.lowest);
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0 && Number.isFinite(value);
}
