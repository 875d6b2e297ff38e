/** `cotangent train`: fits a score model to a file of numbers or a named generator. */

import { join, parse } from "node:path";
import { generators, type StepMetrics } from "@cotangent/training";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { interrupted, misused } from "../failure.ts";
import { requireWritable } from "../files.ts";
import { duration, significant } from "../report/numbers.ts";
import { requireVacant, runFolder } from "../run/folder.ts";
import { openRun, type Run } from "../run/load.ts";
import { type Progress, startProgress } from "../terminal/progress.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { type Place, placeText, type TrainingEngine, withEngine } from "../training-engine.ts";
import { screenRows } from "./damaged-rows.ts";
import { finalNotes, startingNotes } from "./diagnose.ts";
import { addTrainOptions } from "./flags.ts";
import type { TrainOptions } from "./options.ts";
import { type PreparedRun, writeRun } from "./prepare.ts";
import { prepareChecked } from "./prepare-checked.ts";
import { requireSameOptions } from "./resume.ts";
import { type Session, trainSession } from "./session.ts";
import { readSource } from "./source.ts";
import { describeRun, describeSession, sessionRecord } from "./summary.ts";

const help = `
DATA is a file of numbers (comma, semicolon or tab; header or none) or a generator:
${Object.keys(generators).join(", ")}.
Noise levels and the radius are in standardised units: 1 is one standard deviation of the data.
The best number of steps is found with the validation and test rows held out, and evaluate measures
those weights. Then all rows are trained on for as many steps: sample and denoise use these weights.

Examples:
  $ cotangent train measurements.csv --out run
  $ cotangent train moons --objective sliced-reduced --steps 1000
  $ cotangent train moons --engine gpu --backend webgpu
  $ cotangent train --resume --out run
`;

/** Adds the command to the program. */
export function addTrain(program: Command, context: Context): void {
  const command = program
    .command("train")
    .description("fit a score model to numeric data; writes a run folder")
    .argument("[data]", "a file of numbers, or the name of a generator");
  addTrainOptions(command.addHelpText("after", help));
  command.action(async (data: string | undefined, options: TrainOptions) => {
    const out = options.out ?? usualFolder(data);
    const old = options.resume ? resumeRun(data, out, command) : undefined;
    const begin = async (engine: TrainingEngine): Promise<void> => {
      if (old !== undefined) noteMove(old.config.training, engine.place, context);
      const run = old ?? newRun(data, out, options, engine.place, context);
      await train(run, engine, options, context);
    };
    const instead =
      old && "a run goes on where it began: make that answer, or train anew into another --out";
    await withEngine(old?.config.training ?? options, context.io, begin, instead);
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
  place: Place,
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
  const table = readSource(data, options.rows, options.seed);
  const { source, notes } = screenRows(table, options.outliers);
  const prepared = at(place, prepareChecked(source, options));
  for (const note of [...notes, ...prepared.notes]) io.note(note);
  io.note(describeRun(prepared));
  writeRun(out, prepared);
  const run = openRun(out);
  for (const note of startingNotes(run)) io.note(note);
  return run;
}

/** The run with where it is trained in its settings. */
function at(place: Place, { config, ...rest }: PreparedRun): PreparedRun {
  return { ...rest, config: { ...config, training: { ...config.training, ...place } } };
}

/** Opens the run to continue, whose settings are those in its folder. */
function resumeRun(data: string | undefined, out: string, command: Command): Run {
  const run = openRun(out);
  requireSameOptions(run.config, data, command);
  return run;
}

/** Says when a run goes on in another place than it began in: another driver or machine rounds otherwise. */
function noteMove(began: Place, goesOn: Place, { io }: Context): void {
  if (began.adapter === goesOn.adapter) return;
  io.note(
    `warning: the run began on ${placeText(began)}: it will end as it would have there to rounding, not to the bit`,
  );
}

/** Trains to the end while a line shows how far it is, and says what came of it. */
async function train(
  run: Run,
  engine: TrainingEngine,
  options: TrainOptions,
  context: Context,
): Promise<void> {
  const { io, interruption } = context;
  const { place } = engine;
  let progress: Progress | undefined;
  let session: Session;
  try {
    session = await trainSession(run, engine, interruption, (name, steps) => {
      progress?.stop();
      progress = startProgress(io, "training".length);
      const line = progress.line(name, steps);
      return (metrics) => line.update(metrics.step, detail(metrics, place));
    });
  } finally {
    progress?.stop();
  }
  if (session.interrupted) {
    const { result, refit } = session;
    const at = refit === undefined ? `step ${result.step}` : `step ${refit.step} on all rows`;
    throw interrupted(
      `interrupted after ${at}; continue with: cotangent train --resume --out ${shellWord(run.folder.path)}`,
    );
  }
  const { result } = session;
  for (const note of finalNotes(run, result.emaParams ?? result.params)) io.note(note);
  if (options.json) io.out(JSON.stringify(sessionRecord(run, session, place)));
  else io.out(describeSession(run, session, place));
}

function detail(metrics: StepMetrics, { backend }: Place): string {
  const { loss, bestLoss, rate, timeLeft, step, steps } = metrics;
  const best = bestLoss === undefined ? "" : `  validation ${significant(bestLoss)}`;
  const left = step < steps ? `  ${duration(timeLeft)} left` : "";
  const where = backend === undefined ? "" : ` on ${backend}`;
  return `loss ${significant(loss)}${best}  ${significant(rate)} steps/s${where}${left}`;
}
