/**
 * One session of training a run: from its folder's checkpoints, or from the start, to the end.
 *
 * First weights that never see the validation and test rows, which choose how many steps are best and
 * what `evaluate` measures; then, unless the run says otherwise, weights for use on all rows in as many
 * steps. Checkpoints are written all at once and metrics line by line, so a session may be killed at any
 * moment; the next one continues bit for bit. Ctrl-C ends after the current step, with a checkpoint (on a
 * GPU after the steps of the current call).
 * Source of the second part: Goodfellow, Bengio & Courville 2016, Deep Learning, algorithm 7.2.
 */

import { random, type Tensor } from "@cotangent/autodiff";
import {
  adam,
  checkpointStep,
  cosine,
  type FitResult,
  fitStepsAsync,
  type StepMetrics,
  takeRows,
  type ValidationOptions,
} from "@cotangent/training";
import { checkpointFile, metricsFile } from "@cotangent/training/node";
import { failed, trainingFailed } from "../failure.ts";
import type { Interruption } from "../interrupt.ts";
import { allRows, ownRows, type Run } from "../run/load.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { deviceFailed, type TrainingEngine } from "../training-engine.ts";

/** How the session ended. */
export interface Session {
  readonly result: FitResult;
  /** Of the training on all rows. */
  readonly refit: FitResult | undefined;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** Told when a part of the session begins; what it returns is told of every step. */
export type OnStage = (name: string, steps: number) => (metrics: StepMetrics) => void;

const checkpointEvery = 100;

/** Validation rows are repeated to about this many, so that noise draws average out. */
const validationDraws = 1024;

/** Trains until the steps are done, early stopping says so, or the user interrupts. */
export async function trainSession(
  run: Run,
  { engine }: TrainingEngine,
  interruption: Interruption,
  onStage: OnStage,
): Promise<Session> {
  const { folder, config, standardiser, refitStandardiser } = run;
  const { steps, every, patience } = config.training;
  const rows = ownRows(run, "train");
  if (rows === undefined) throw failed(`${folder.train}: the run's training rows are missing`);
  const heldOut = ownRows(run, "validation");
  const started = performance.now();
  const validation = heldOut && {
    data: repeated(standardiser.forward(heldOut)),
    every,
    ...(patience > 0 ? { patience } : {}),
  };
  const { checkpoint, metrics } = folder;
  const data = standardiser.forward(rows);
  const first = { engine, data, validation, checkpoint, metrics, steps };
  const result = await runStage(run, first, interruption, onStage("training", steps));
  let refit: FitResult | undefined;
  if (refitStandardiser !== undefined && result.stopped !== "callback") {
    const best = result.bestStep ?? result.step;
    const stage = {
      engine,
      data: refitStandardiser.forward(allRows(run)),
      validation: undefined,
      checkpoint: folder.refitCheckpoint,
      metrics: folder.refitMetrics,
      steps: best,
    };
    refit = await runStage(run, stage, interruption, onStage("all rows", best));
  }
  const seconds = (performance.now() - started) / 1000;
  return { result, refit, seconds, interrupted: (refit ?? result).stopped === "callback" };
}

/** Rows in standardised units, the files to write, and for how long. */
interface Stage {
  readonly engine: TrainingEngine["engine"];
  readonly data: Tensor;
  readonly validation: ValidationOptions | undefined;
  readonly checkpoint: string;
  readonly metrics: string;
  readonly steps: number;
}

async function runStage(
  { folder, config, model }: Run,
  { engine, data, validation, steps, ...files }: Stage,
  interruption: Interruption,
  onStep: (metrics: StepMetrics) => void,
): Promise<FitResult> {
  const { batch, learningRate, weightDecay, clip, ema, seed } = config.training;
  const store = checkpointFile(files.checkpoint);
  const saved = store.read();
  const metrics = metricsFile(files.metrics, {
    keepThrough: saved === undefined ? 0 : checkpointStep(saved),
  });
  const stepper = fitStepsAsync({
    objective: model.objective,
    params: model.init(random.foldIn(random.key(seed), 1)),
    data,
    optimiser: adam({
      learningRate,
      // The schedule of the whole budget, also where fewer steps were best.
      schedule: cosine({ steps: config.training.steps, final: 0.05 }),
      ...(weightDecay > 0 ? { weightDecay } : {}),
      ...(clip > 0 ? { clipNorm: clip } : {}),
    }),
    engine,
    seed,
    steps,
    batchSize: batch,
    ...(ema > 0 ? { ema } : {}),
    ...(validation === undefined ? {} : { validation }),
    checkpoint: { store, every: checkpointEvery },
    resume: true,
    onStep: (step) => {
      const { step: count, loss, validationLoss } = step;
      metrics.write({
        step: count,
        loss,
        ...(validationLoss === undefined ? {} : { validationLoss }),
      });
      onStep(step);
      return !interruption.requested;
    },
  });
  try {
    for (;;) {
      const next = await stepper.next();
      if (next.done) return next.value;
      await interruption.breathe();
    }
  } catch (error) {
    const remedy = "give a smaller --learning-rate or --clip, or check the data";
    const resume = `cotangent train --resume --out ${shellWord(folder.path)}`;
    throw deviceFailed(trainingFailed(error, folder.path, remedy), folder.path, resume);
  } finally {
    metrics.close();
  }
}

/** Each row several times in a row, to about `validationDraws`: a batch holds few rows and others than the next. */
function repeated(x: Tensor): Tensor {
  const rows = x.shape[0] ?? 0;
  const times = Math.max(1, Math.floor(validationDraws / rows));
  return takeRows(
    x,
    Array.from({ length: rows * times }, (_, index) => Math.floor(index / times)),
  );
}
