/** A run as sample, denoise, evaluate and resume find it: settings, units, rows and weights. */

import { existsSync } from "node:fs";
import { random, type Tensor, type Tree } from "@cotangent/autodiff";
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
  readonly standardiser: Standardiser;
  readonly model: Model;
}

/** A run with weights to use: the best by validation, their moving average where there is one. */
export interface TrainedRun extends Run {
  readonly params: Tree;
  readonly step: number;
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
  const standardiser = Standardiser.fromJSON(readJson(folder.standardiser), folder.standardiser);
  if (standardiser.columns.length !== config.model.dimension) {
    throw failed(
      `${folder.standardiser}: expected ${counted(config.model.dimension, "column")} as in config.json, ` +
        `got ${standardiser.columns.length}; these files belong to different runs`,
    );
  }
  const other = standardiser.columns.findIndex((name, j) => name !== config.data.columns[j]);
  if (other !== -1) {
    throw failed(
      `${folder.standardiser}: expected column ${other + 1} to be "${config.data.columns[other]}" as in ` +
        `config.json, got "${standardiser.columns[other]}"; these files belong to different runs`,
    );
  }
  return { folder, config, standardiser, model: buildModel(config.model) };
}

/** Opens a run folder together with its weights. */
export function openTrainedRun(path: string): TrainedRun {
  const run = openRun(path);
  const source = run.folder.checkpoint;
  if (!existsSync(source)) {
    throw failed(`${source}: there is no checkpoint yet; train first, or continue with --resume`);
  }
  const checkpoint = readSafetensors(source);
  const { params, emaParams } = checkpointWeights(
    checkpoint,
    run.model.init(random.key(0)),
    source,
  );
  return { ...run, params: emaParams ?? params, step: checkpointStep(checkpoint) };
}

/** The rows of one of the run's own files in data units; undefined when it kept none. */
export function ownRows(run: Run, part: "train" | "validation" | "test"): Tensor | undefined {
  const path = run.folder[part];
  if (!existsSync(path)) return undefined;
  return readTable(path, { header: run.config.data.hasHeader }).data;
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
