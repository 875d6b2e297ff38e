/** `cotangent train`: fits a score model to a file of numbers or a named generator. */

import { join, parse } from "node:path";
import { generators, type StepMetrics } from "@cotangent/training";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { interrupted, misused } from "../failure.ts";
import { requireWritable } from "../files.ts";
import { objectiveNames } from "../objectives.ts";
import { notNegative, positive, share, wholeNumber, widths } from "../option-values.ts";
import { duration, significant } from "../report/numbers.ts";
import { standardisations } from "../run/config.ts";
import { requireVacant, runFolder } from "../run/folder.ts";
import { openRun, type Run } from "../run/load.ts";
import { activationOption, jsonOption, seedOption } from "../shared-options.ts";
import { startProgress } from "../terminal/progress.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { parseNoiseRange } from "./noise-range.ts";
import type { TrainOptions } from "./options.ts";
import { writeRun } from "./prepare.ts";
import { prepareChecked } from "./prepare-checked.ts";
import { requireSameOptions } from "./resume.ts";
import { type Session, trainSession } from "./session.ts";
import { readSource } from "./source.ts";
import { describeRun, describeSession, sessionRecord } from "./summary.ts";

const help = `
DATA is a file of numbers (comma, semicolon or tab; header or none) or a generator:
${Object.keys(generators).join(", ")}.
Noise levels and the radius are in standardised units: 1 is one standard deviation of the data.

Examples:
  $ cotangent train measurements.csv --out run
  $ cotangent train moons --objective sliced-reduced --steps 1000
  $ cotangent train --resume --out run
`;

/** Adds the command to the program. */
export function addTrain(program: Command, context: Context): void {
  const command = program
    .command("train")
    .description("fit a score model to numeric data; writes a run folder")
    .argument("[data]", "a file of numbers, or the name of a generator")
    .option("--out <run>", "the run folder (default: runs/ and the name of the data)")
    .addOption(
      new Option("--objective <name>", "what to minimise")
        .choices(objectiveNames)
        .default("denoising"),
    )
    .addOption(
      new Option(
        "--sigma <level|range>",
        "denoising's noise: one level, or a range for a ladder (default: 3..0.05)",
      ).argParser(parseNoiseRange),
    )
    .option("--levels <count>", "noise levels of a range", wholeNumber(2, 1000), 12)
    .option("--noise-conditional", "insist on a ladder of noise levels (denoising's default)")
    .option("--no-noise-conditional", "insist on one noise level")
    .option("--radius <number>", "step of finite-difference", positive, 0.1)
    .option("--projections <count>", "directions per row", wholeNumber(1, 64), 1)
    .addOption(
      new Option(
        "--hidden <widths>",
        "widths of the hidden layers (default: 32,32 below 1000 rows, else 64,64)",
      ).argParser(widths),
    )
    .addOption(activationOption("silu"))
    .addOption(
      new Option("--steps <count>", "training steps (default: 1500)")
        .argParser(wholeNumber(1))

        .conflicts("epochs"),
    )
    .option("--epochs <count>", "passes over the training rows, instead of steps", wholeNumber(1))
    .addOption(
      new Option(
        "--batch <rows>",
        "rows per step (default: 64 below 1000 rows, else 128)",
      ).argParser(wholeNumber(1)),
    )
    .option(
      "--learning-rate <number>",
      "of Adam, with a cosine schedule (default: 0.001 with quantile, else 0.003)",
      positive,
    )
    .option(
      "--weight-decay <number>",
      "decoupled, of Adam (default: with quantile 2 below 1000 rows, else 1; otherwise 0.1)",
      notNegative,
    )
    .option("--clip <norm>", "longest gradient; 0 for any", notNegative, 10)
    .option("--ema <decay>", "moving average of the weights; 0 for none", share, 0.99)
    .option(
      "--validation <share>",
      "of the rows, to choose the best weights; 0 for none",
      share,
      0.1,
    )
    .option("--test <share>", "of the rows, kept for evaluate; 0 for none", share, 0.1)
    .option("--validate-every <steps>", "steps between validations", wholeNumber(1), 50)
    .option(
      "--early-stop <count>",
      "validations without a new best; 0 for never",
      wholeNumber(0),
      10,
    )
    .addOption(
      new Option(
        "--standardise <how>",
        "quantile: normal scores, then PCA whitening; whiten: PCA alone; scale: each column by itself; none " +
          "(default: quantile where denoising meets heavy tails, else whiten)",
      ).choices(standardisations),
    )
    .option("--dequantise", "spread quantised values over their grid cells")
    .option("--rows <count>", "rows to draw of a generator", wholeNumber(10), 4000)
    .addOption(seedOption())
    .addOption(new Option("--resume", "continue the run in --out").conflicts("overwrite"))
    .option("--overwrite", "replace the run in --out")
    .addOption(jsonOption())
    .addHelpText("after", help);
  command.action(async (data: string | undefined, options: TrainOptions) => {
    const out = options.out ?? usualFolder(data);
    const run = options.resume
      ? resumeRun(data, out, command)
      : newRun(data, out, options, context);
    await train(run, options, context);
  });
}

/** The run folder of data that was given none. */
function usualFolder(data: string | undefined): string {
  if (data === undefined) throw misused("train needs DATA, or --resume and --out");
  return join("runs", parse(data).name);
}

/** Writes a new run folder and opens it. */
function newRun(
  data: string | undefined,
  out: string,
  options: TrainOptions,
  { io }: Context,
): Run {
  if (data === undefined) {
    throw misused("train needs DATA, a file or a generator's name (only --resume does without)");
  }
  if (options.validation + options.test >= 0.9) {
    throw misused(
      "--validation and --test together must leave at least a tenth of the rows to train on",
    );
  }
  requireVacant(runFolder(out), options.overwrite === true);
  requireWritable(out, "folder");
  const prepared = prepareChecked(readSource(data, options.rows, options.seed), options);
  for (const note of prepared.notes) io.note(note);
  io.note(describeRun(prepared));
  writeRun(out, prepared);
  return openRun(out);
}

/** Opens the run to continue, whose settings are those in its folder. */
function resumeRun(data: string | undefined, out: string, command: Command): Run {
  const run = openRun(out);
  requireSameOptions(run.config, data, command);
  return run;
}

/** Trains to the end while a line shows how far it is, and says what came of it. */
async function train(run: Run, options: TrainOptions, context: Context): Promise<void> {
  const { io, interruption } = context;
  const progress = startProgress(io);
  const line = progress.line("training", run.config.training.steps);
  let session: Session;
  try {
    session = await trainSession(run, interruption, (metrics) =>
      line.update(metrics.step, detail(metrics)),
    );
  } finally {
    progress.stop();
  }
  if (session.interrupted) {
    throw interrupted(
      `interrupted after step ${session.result.step}; continue with: cotangent train --resume --out ${shellWord(run.folder.path)}`,
    );
  }
  if (options.json) io.out(JSON.stringify(sessionRecord(run, session)));
  else io.out(describeSession(run, session));
}

function detail({ loss, bestLoss, rate, timeLeft, step, steps }: StepMetrics): string {
  const best = bestLoss === undefined ? "" : `  validation ${significant(bestLoss)}`;
  const left = step < steps ? `  ${duration(timeLeft)} left` : "";
  return `loss ${significant(loss)}${best}  ${significant(rate)} steps/s${left}`;
}
