/** A run as sample, denoise, evaluate and resume find it: settings, units, rows and weights. */

import { existsSync } from "node:fs";
import { concat, random, type Tensor, type Tree } from "@cotangent/autodiff";
import { checkpointStep, checkpointWeights, Standardiser } from "@cotangent/training";
import { readSafetensors, readTable } from "@cotangent/training/node";
import { requireInRange } from "../data/range.ts";
import { failed } from "../failure.ts";
import { readText } from "../files.ts";
import { buildModel, type Model } from "../model/model.ts";
import { counted } from "../report/numbers.ts";
import { parseConfig, type RunConfig } from "./config.ts";
import { asideHint, holdsRun, type RunFolder, runFolder } from "./folder.ts";

/** A run without its weights. */
export interface Run {
  readonly folder: RunFolder;
  readonly config: RunConfig;
  /** Of the training rows. */
  readonly standardiser: Standardiser;
  /** Of all rows, when the weights are trained again on them. */
  readonly refitStandardiser: Standardiser | undefined;
  readonly model: Model;
}

/** A run with weights to use, their moving average where there is one, and the units they are in. */
export interface TrainedRun extends Run {
  readonly params: Tree;
  readonly step: number;
  /** Whether they saw the rows of all parts; else they are the best by validation. */
  readonly refitted: boolean;
}

/** Opens a run folder. */
export function openRun(path: string): Run {
  const folder = runFolder(path);
  if (!holdsRun(folder)) {
    throw failed(
      `${path}: expected a run folder that cotangent train wrote, found no config.json there${asideHint(folder)}`,
    );
  }
  const config = parseConfig(readText(folder.config), folder.config);
  const standardiser = readStandardiser(folder.standardiser, config);
  const refitStandardiser = config.training.refit
    ? readStandardiser(folder.refitStandardiser, config)
    : undefined;
  return { folder, config, standardiser, refitStandardiser, model: buildModel(config.model) };
}

function readStandardiser(path: string, config: RunConfig): Standardiser {
  const standardiser = Standardiser.fromJSON(readJson(path), path);
  if (standardiser.columns.length !== config.model.dimension) {
    throw failed(
      `${path}: expected ${counted(config.model.dimension, "column")} as in config.json, ` +
        `got ${standardiser.columns.length}; these files belong to different runs`,
    );
  }
  const other = standardiser.columns.findIndex((name, j) => name !== config.data.columns[j]);
  if (other !== -1) {
    throw failed(
      `${path}: expected column ${other + 1} to be "${config.data.columns[other]}" as in ` +
        `config.json, got "${standardiser.columns[other]}"; these files belong to different runs`,
    );
  }
  return standardiser;
}

/**
 * Opens a run folder together with its weights: those that were trained again on all rows once they
 * are done, or with `heldOut` those that never saw the validation and test rows.
 */
export function openTrainedRun(
  path: string,
  { heldOut = false }: { readonly heldOut?: boolean } = {},
): TrainedRun {
  const run = openRun(path);
  const { folder, refitStandardiser } = run;
  const chosen = readWeights(run, folder.checkpoint);
  if (heldOut || refitStandardiser === undefined || !existsSync(folder.refitCheckpoint)) {
    return { ...run, ...chosen, refitted: false };
  }
  const refit = readWeights(run, folder.refitCheckpoint);
  if (refit.step < chosen.weightsStep) return { ...run, ...chosen, refitted: false };
  return { ...run, ...refit, standardiser: refitStandardiser, refitted: true };
}

/** The weights in a checkpoint, the step they are of, and how many steps were done. */
function readWeights(
  { model }: Run,
  source: string,
): { params: Tree; step: number; weightsStep: number } {
  if (!existsSync(source)) {
    throw failed(`${source}: there is no checkpoint yet; train first, or continue with --resume`);
  }
  const checkpoint = readSafetensors(source);
  const weights = checkpointWeights(checkpoint, model.init(random.key(0)), source);
  const { params, emaParams, step } = weights;
  return { params: emaParams ?? params, step: checkpointStep(checkpoint), weightsStep: step };
}

/** The rows of one of the run's own files in data units; undefined when it kept none. */
export function ownRows(run: Run, part: "train" | "validation" | "test"): Tensor | undefined {
  const path = run.folder[part];
  if (!existsSync(path)) return undefined;
  return readTable(path, { header: run.config.data.hasHeader }).data;
}

/** The rows of every part that the run kept, in data units. */
export function allRows(run: Run): Tensor {
  const parts = (["train", "validation", "test"] as const).map((part) => ownRows(run, part));
  return concat(parts.filter((rows) => rows !== undefined));
}

/** The rows of a file whose columns must be those of the run. */
export function rowsOf({ config }: Run, path: string): Tensor {
  const { columns, hasHeader } = config.data;
  const table = readTable(path);
  requireInRange(table);
  if (table.columns.length !== columns.length) {
    throw failed(
      `${path}: expected ${counted(columns.length, "column")} as in the run's data, got ${table.columns.length}`,
    );
  }
  const wrong = columns.findIndex((name, index) => table.columns[index] !== name);
  if (hasHeader && table.hasHeader && wrong !== -1) {
    throw failed(
      `${path}, line 1, column ${wrong + 1}: expected "${columns[wrong]}" as in the run's data, ` +
        `got "${table.columns[wrong]}"; bring the columns into the run's order`,
    );
  }
  return table.data;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw failed(`${path}: expected JSON, got damaged text`, error);
    throw error;
  }
}
