/**
 * From a table to a run folder, ready to train: warnings, splits, dequantisation, units.
 *
 * Everything that can fail about the data fails before the folder is touched.
 */

import { concat, random, type Tensor } from "@cotangent/autodiff";
import {
  type DuplicateReport,
  dequantise,
  duplicateReport,
  formatTable,
  Standardiser,
  splitRows,
  tailsOf,
} from "@cotangent/training";
import { writeOutput } from "../files.ts";
import { significant } from "../report/numbers.ts";
import type { RunConfig } from "../run/config.ts";
import { replaceRun } from "../run/folder.ts";
import { modelSettings, type Standardise, type TrainOptions, trainingSettings } from "./options.ts";
import type { Source } from "./source.ts";

/** Rows of the three parts, in data units. */
export interface Parts {
  readonly train: Tensor;
  readonly validation: Tensor | undefined;
  readonly test: Tensor | undefined;
}

/** A run that can be written down. */
export interface PreparedRun {
  readonly config: RunConfig;
  readonly standardiser: Standardiser;
  /** Of all rows, when the weights will be trained again on them. */
  readonly refitStandardiser: Standardiser | undefined;
  readonly parts: Parts;
  /** Sentences that the user should see. */
  readonly notes: readonly string[];
}

/** Prepares a run on a table. */
export function prepareRun(table: Source, options: TrainOptions): PreparedRun {
  const { columns, hasHeader, source } = table;
  const report = duplicateReport(table.data, columns);
  const [splitKey, noiseKey] = random.split(random.key(options.seed)) as [Tensor, Tensor];
  const split = splitParts(table.data, options, splitKey);
  const parts = options.dequantise ? spreadParts(split, report, noiseKey) : split;
  const usual = usualStandardise(parts.train, columns, options);
  const { standardise } = usual;
  const standardiser = fitStandardiser(parts.train, standardise, columns);
  const [rows = 0, dimension = 0] = parts.train.shape;
  const training = trainingSettings(options, rows, standardise);
  const all = [parts.train, parts.validation, parts.test].filter((part) => part !== undefined);
  const config: RunConfig = {
    kind: "cotangent-run",
    version: 1,
    data: {
      source,
      columns,
      hasHeader,
      outliers: options.outliers,
      dequantised: options.dequantise ? gridSteps(report) : null,
      standardise,
    },
    model: modelSettings(options, rows, dimension),
    training,
  };
  return {
    config,
    standardiser,
    refitStandardiser: training.refit
      ? fitStandardiser(concat(all), standardise, columns)
      : undefined,
    parts,
    notes: [...dataNotes(report, options), ...usual.notes, ...standardiser.notes],
  };
}

/** Writes everything but the checkpoint; a run that it replaces stands until all is written. */
export function writeRun(path: string, prepared: PreparedRun): void {
  const { config, standardiser, refitStandardiser, parts } = prepared;
  const { columns, hasHeader } = config.data;
  replaceRun(path, (staged) => {
    for (const part of ["train", "validation", "test"] as const) {
      const rows = parts[part];
      if (rows !== undefined) {
        writeOutput(staged[part], formatTable(hasHeader ? columns : undefined, rows));
      }
    }
    const json = (value: object, indent: number): string =>
      `${JSON.stringify(value, null, indent)}\n`;
    writeOutput(staged.standardiser, json(standardiser.toJSON(), 1));
    if (refitStandardiser !== undefined) {
      writeOutput(staged.refitStandardiser, json(refitStandardiser.toJSON(), 1));
    }
    writeOutput(staged.config, json(config, 2));
  });
}

/** Test rows first, then validation rows of what is left; equal rows stay together. */
function splitParts(data: Tensor, { validation, test }: TrainOptions, key: Tensor): Parts {
  const [testKey, validationKey] = random.split(key) as [Tensor, Tensor];
  const outer = test > 0 ? splitRows(testKey, data, test) : undefined;
  const rest = outer?.train ?? data;
  const inner =
    validation > 0 ? splitRows(validationKey, rest, validation / (1 - test)) : undefined;
  return { train: inner?.train ?? rest, validation: inner?.validation, test: outer?.validation };
}

/** Every part spread over its grid, with noise of its own. */
function spreadParts(
  { train, validation, test }: Parts,
  report: DuplicateReport,
  key: Tensor,
): Parts {
  const spread = (rows: Tensor, index: number): Tensor =>
    dequantise(random.foldIn(key, index), rows, report);
  return {
    train: spread(train, 0),
    validation: validation && spread(validation, 1),
    test: test && spread(test, 2),
  };
}

function gridSteps({ columns }: DuplicateReport): number[] {
  return columns.map(({ quantised, gridStep }) => (quantised && gridStep) || 0);
}

/** Values farther from the median than this many robust standard deviations make a column heavy-tailed. */
const farTail = 6;

/** The way to standardise that was asked for; else by quantiles where denoising meets heavy tails, else whitening. */
function usualStandardise(
  train: Tensor,
  columns: readonly string[],
  { standardise, objective }: TrainOptions,
): { standardise: Standardise; notes: string[] } {
  if (standardise !== undefined) return { standardise, notes: [] };
  const tails = objective === "denoising" ? tailsOf(train) : [];
  const heavy = columns.filter((_, j) => (tails[j] ?? 0) > farTail);
  if (heavy.length === 0) return { standardise: "whiten", notes: [] };
  const farthest = significant(Math.max(...tails));
  const note =
    `${heavy.length} of ${columns.length} columns have values up to ${farthest} robust standard deviations from the median ` +
    `(${heavy.slice(0, 3).join(", ")}${heavy.length > 3 ? ", …" : ""}): normal scores of each column first (--standardise quantile)`;
  return { standardise: "quantile", notes: [note] };
}

const methods = { quantile: "quantile", whiten: "pca", scale: "scale" } as const;

/** The map to standardised units, fitted to these rows. */
function fitStandardiser(
  rows: Tensor,
  method: Standardise,
  columns: readonly string[],
): Standardiser {
  if (method === "none") return Standardiser.identity(columns);
  return Standardiser.fit(rows, { method: methods[method], columns });
}

/** What repeated and quantised values mean for this objective. */
function dataNotes(report: DuplicateReport, { objective, dequantise }: TrainOptions): string[] {
  if (report.warnings.length === 0) return [];
  const quantised = report.columns.filter((column) => column.quantised).length;
  const found =
    `${report.repeatedRows} of ${report.rows} rows repeat an earlier row, ` +
    `${quantised} of ${report.columns.length} columns are quantised`;
  if (dequantise) return [`${found}: values are spread over their grid cells (--dequantise)`];
  if (objective === "denoising") {
    return [
      `${found}: harmless here, since denoising adds noise; equal rows stay on one side of a split`,
    ];
  }
  return report.warnings.map((warning) => `warning: ${warning}; see --dequantise`);
}
