/** `cotangent evaluate`: held-out objectives of a run beside those of a Gaussian fit. */

import { random, type Tensor } from "@cotangent/autodiff";
import { dequantise, rowKeys, takeRows } from "@cotangent/training";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { failed } from "../failure.ts";
import { wholeNumber } from "../option-values.ts";
import { significant } from "../report/numbers.ts";
import { allRows, openTrainedRun, ownRows, rowsOf, type TrainedRun } from "../run/load.ts";
import { jsonOption, seedOption } from "../shared-options.ts";
import { textTable } from "../terminal/table.ts";
import { gaussianFit } from "./gaussian-fit.ts";
import { evaluateHeldOut, type HeldOutLine } from "./held-out.ts";

interface Options {
  readonly draws: number;
  readonly seed: number;
  readonly json?: boolean;
}

const help = `
FILE holds rows that the run never saw, with its columns; without one, the run's own test rows
(train --test) are taken, and the weights that never saw them. Losses are per row, in standardised
units, and lower is better; at a noise level σ they are weighted by σ², as in training. The Gaussian
fit has the mean and the covariance of the training rows. The last column is the model's loss on the
rows that it was trained on: one that memorised them is far better there than on held-out rows.

Example:
  $ cotangent evaluate run
`;

/** Adds the command to the program. */
export function addEvaluate(program: Command, context: Context): void {
  program
    .command("evaluate")
    .description("held-out objectives of a run, beside those of the best Gaussian fit")
    .argument("<run>", "the run folder")
    .argument("[file]", "held-out rows, in the data's units")
    .option(
      "--draws <count>",
      "draws of noise or directions for each row",
      wholeNumber(1, 10000),
      64,
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((path: string, file: string | undefined, options: Options) =>
      runEvaluate(path, file, options, context),
    );
}

/** Training rows that are evaluated for comparison: enough for a mean, few enough to be quick. */
const comparedRows = 1000;

function runEvaluate(
  path: string,
  file: string | undefined,
  options: Options,
  { io }: Context,
): void {
  const run = openTrainedRun(path, { heldOut: file === undefined });
  const { standardiser, model, params, folder } = run;
  const own = ownRows(run, "train");
  if (own === undefined) throw failed(`${folder.train}: the run's training rows are missing`);
  const train = run.refitted ? allRows(run) : own;
  const { rows, source } = file === undefined ? ownHeldOut(run) : fileRows(run, file, options.seed);
  const training = standardiser.forward(train);
  const lines = evaluateHeldOut({
    model,
    params,
    fit: gaussianFit(training),
    heldOut: standardiser.forward(rows),
    training: firstRows(training, comparedRows),
    draws: options.draws,
    seed: options.seed,
  });
  const seen = file === undefined ? 0 : countSeen(rows, train);
  const record = { run: path, step: run.step, rows: rows.shape[0], seen, source, lines };
  if (options.json) io.out(JSON.stringify(record));
  else io.out(describe(lines, rows.shape[0] ?? 0, source));
  if (seen > 0) io.note(`warning: ${seen} of these rows were trained on, so they are not held out`);
}

/** How many of the rows are among those that were trained on. */
function countSeen(rows: Tensor, train: Tensor): number {
  const known = new Set(rowKeys(train));
  return rowKeys(rows).filter((row) => known.has(row)).length;
}

/** The run's test rows, or its validation rows when it kept no others. */
function ownHeldOut(run: TrainedRun): { rows: Tensor; source: string } {
  const test = ownRows(run, "test");
  if (test !== undefined)
    return { rows: test, source: "the run's test rows, which these weights never saw" };
  const validation = ownRows(run, "validation");
  if (validation === undefined) {
    throw failed(`${run.folder.path}: kept no rows aside (--test 0 --validation 0); give a FILE`);
  }
  return { rows: validation, source: "the run's validation rows, which chose the best weights" };
}

/** A file's rows, dequantised like the run's own. */
function fileRows(run: TrainedRun, file: string, seed: number): { rows: Tensor; source: string } {
  const rows = rowsOf(run, file);
  const steps = run.config.data.dequantised;
  if (steps === null) return { rows, source: file };
  const columns = run.config.data.columns.map((name, index) => {
    const gridStep = steps[index] ?? 0;
    return { name, distinct: 0, tied: 0, gridStep, quantised: gridStep > 0 };
  });
  const report = { rows: 0, repeatedRows: 0, repeatedFraction: 0, columns, warnings: [] };
  return { rows: dequantise(random.key(seed), rows, report), source: `${file}, dequantised` };
}

function firstRows(x: Tensor, count: number): Tensor {
  const rows = Math.min(count, x.shape[0] ?? 0);
  return takeRows(
    x,
    Array.from({ length: rows }, (_, index) => index),
  );
}

function describe(lines: readonly HeldOutLine[], rows: number, source: string): string {
  const table = textTable(
    ["objective", "σ", "model", "Gaussian fit", "difference", "±", "model, training rows"],
    lines.map(({ objective, sigma, model, gaussian, difference, training }) => [
      objective,
      sigma === null ? "" : significant(sigma, 3),
      significant(model.value, 4),
      significant(gaussian.value, 4),
      significant(difference.value, 3),
      significant(difference.standardError, 2),
      significant(training.value, 4),
    ]),
  );
  const last = lines.at(-1);
  const verdict = last === undefined ? "" : `\n\n${verdictOn(last)}`;
  return `${rows} held-out rows (${source})\n\n${table}${verdict}`;
}

function verdictOn({ difference }: HeldOutLine): string {
  const { value, standardError } = difference;
  const by = `${significant(Math.abs(value))} ± ${significant(standardError, 2)}`;
  if (value < -2 * standardError) return `Better than the Gaussian fit on held-out rows, by ${by}.`;
  if (value > 2 * standardError) {
    return `Worse than the Gaussian fit on held-out rows, by ${by}: overfitted or undertrained.`;
  }
  return `Not told apart from the Gaussian fit on so few held-out rows (${value < 0 ? "better" : "worse"} by ${by}).`;
}
