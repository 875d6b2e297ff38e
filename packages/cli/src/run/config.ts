/**
 * config.json of a run folder: everything that decides the run, so that it can be resumed and used.
 *
 * Read back with checks: a damaged or foreign file is refused with the field's name.
 */

import { activationNames } from "../activations.ts";
import { backendNames, trainingEngineNames } from "../engines.ts";
import { failed } from "../failure.ts";
import type { ModelSettings } from "../model/settings.ts";
import { objectiveNames } from "../objectives.ts";
import type { Place } from "../training-engine.ts";

/** How columns are brought to comparable units. */
export const standardisations = ["quantile", "whiten", "scale", "none"] as const;

/** What becomes of rows with values that look damaged. */
export const outlierTreatments = ["keep", "drop"] as const;

/** Where the rows came from and how they were prepared. */
export interface DataSettings {
  readonly source: string;
  readonly columns: readonly string[];
  readonly hasHeader: boolean;
  readonly outliers: (typeof outlierTreatments)[number];
  /** The grid steps of columns that were dequantised, in data units; 0 elsewhere. */
  readonly dequantised: readonly number[] | null;
  readonly standardise: (typeof standardisations)[number];
}

/**
 * The budget, the optimiser, and where the run began: it is resumed with the same engine, and on the same
 * backend, which makes it end with the same bits.
 */
export interface TrainingSettings extends Place {
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
  /** Whether weights are trained again on all rows, held-out ones too, in as many steps as were best. */
  readonly refit: boolean;
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
  require(isNames(data?.columns), "data.columns, a list of names");
  require(typeof data.source === "string", "data.source, a file or a generator's name");
  require(typeof data.hasHeader === "boolean", "data.hasHeader, true or false");
  require(outlierTreatments.includes(data.outliers), "data.outliers, keep or drop");
  require(standardisations.includes(
    data.standardise,
  ), `data.standardise, one of ${standardisations.join(", ")}`);
  require(model?.dimension === data.columns.length, "model.dimension, the number of columns");
  require(isWidths(model.hidden), "model.hidden, a list of widths");
  require(activationNames.includes(model.activation), "model.activation, a known name");
  require(objectiveNames.includes(model.objective), "model.objective, a known name");
  require(isNoise(model), "model.noise, a noise that fits the objective");
  require(isPositive(model.radius), "model.radius, a number above 0");
  require(isCount(model.projections, 1), "model.projections, a whole number above 0");
  for (const name of ["steps", "batch", "every"] as const) {
    require(isCount(training?.[name], 1), `training.${name}, a whole number above 0`);
  }
  require(isPositive(training.learningRate), "training.learningRate, a number above 0");
  for (const name of ["weightDecay", "clip"] as const) {
    require(isNotNegative(training[name]), `training.${name}, a number of at least 0`);
  }
  require(isNotNegative(training.ema) &&
    training.ema < 1, "training.ema, a number of at least 0 and below 1");
  require(isCount(training.patience, 0), "training.patience, a whole number of at least 0");
  require(typeof training.refit === "boolean", "training.refit, true or false");
  require(trainingEngineNames.includes(
    training.engine,
  ), `training.engine, one of ${trainingEngineNames.join(", ")}`);
  require(isPlace(training), "training.backend and training.adapter, of engine gpu and no other");
  require(Number.isSafeInteger(training.seed), "training.seed, a whole number");
  return value as RunConfig;
}

function isPlace({ engine, backend, adapter }: Place): boolean {
  if (engine !== "gpu") return backend === undefined && adapter === undefined;
  return backend !== undefined && backendNames.includes(backend) && typeof adapter === "string";
}

function isWidths(value: unknown): boolean {
  return Array.isArray(value) && value.every((width) => isCount(width, 1));
}

function isNames(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string")
  );
}

function isNoise({ noise, objective }: ModelSettings): boolean {
  if (objective !== "denoising") return noise === null;
  if (noise?.kind === "fixed") return isPositive(noise.sigma);
  if (noise?.kind !== "ladder" || !isCount(noise.levels, 2)) return false;
  return isPositive(noise.lowest) && isPositive(noise.highest) && noise.highest > noise.lowest;
}

function isCount(value: unknown, low: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= low;
}

function isNotNegative(value: unknown): boolean {
  return value === 0 || isPositive(value);
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0 && Number.isFinite(value);
}
