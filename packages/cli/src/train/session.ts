/**
 * One session of training a run: from its folder's checkpoint, or from the start, to the end.
 *
 * Checkpoints are written all at once and metrics line by line, so a session may be killed at any
 * moment; the next one continues bit for bit. Ctrl-C ends after the current step, with a checkpoint.
 */

import { random, type Tensor } from "@cotangent/autodiff";
import {
  adam,
  checkpointStep,
  cosine,
  type FitResult,
  fitSteps,
  interpreter,
  type StepMetrics,
  takeRows,
} from "@cotangent/training";
import { checkpointFile, metricsFile } from "@cotangent/training/node";
import { failed, trainingFailed } from "../failure.ts";
import type { Interruption } from "../interrupt.ts";
import { ownRows, type Run } from "../run/load.ts";

/** How the session ended. */
export interface Session {
  readonly result: FitResult;
  readonly seconds: number;
  readonly interrupted: boolean;
}

const checkpointEvery = 100;

/** Validation rows are repeated to about this many, so that noise draws average out. */
const validationDraws = 1024;

/** Trains until the steps are done, early stopping says so, or the user interrupts. */
export async function trainSession(
  run: Run,
  interruption: Interruption,
  onStep: (metrics: StepMetrics) => void,
): Promise<Session> {
  const { folder, config, standardiser, model } = run;
  const { steps, batch, learningRate, weightDecay, clip, ema, every, patience, seed } =
    config.training;
  const rows = ownRows(run, "train");
  if (rows === undefined) throw failed(`${folder.train}: the run's training rows are missing`);
  const heldOut = ownRows(run, "validation");
  const store = checkpointFile(folder.checkpoint);
  const saved = store.read();
  const metrics = metricsFile(folder.metrics, {
    keepThrough: saved === undefined ? 0 : checkpointStep(saved),
  });
  const started = performance.now();
  const stepper = fitSteps({
    objective: model.objective,
    params: model.init(random.foldIn(random.key(seed), 1)),
    data: standardiser.forward(rows),
    optimiser: adam({
      learningRate,
      schedule: cosine({ steps, final: 0.05 }),
      ...(weightDecay > 0 ? { weightDecay } : {}),
      ...(clip > 0 ? { clipNorm: clip } : {}),
    }),
    engine: interpreter,
    seed,
    steps,
    batchSize: batch,
    ...(ema > 0 ? { ema } : {}),
    ...(heldOut === undefined
      ? {}
      : {
          validation: {
            data: repeated(standardiser.forward(heldOut)),
            every,
            ...(patience > 0 ? { patience } : {}),
          },
        }),
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
      const next = stepper.next();
      if (next.done) {
        const seconds = (performance.now() - started) / 1000;
        return { result: next.value, seconds, interrupted: next.value.stopped === "callback" };
      }
      await interruption.breathe();
    }
  } catch (error) {
    const remedy = "give a smaller --learning-rate or --clip, or check the data";
    throw trainingFailed(error, folder.path, remedy);
  } finally {
    metrics.close();
  }
}

/** The rows again and again, to about `validationDraws` of them. */
function repeated(x: Tensor): Tensor {
  const rows = x.shape[0] ?? 0;
  const times = Math.max(1, Math.floor(validationDraws / rows));
  return takeRows(
    x,
    Array.from({ length: rows * times }, (_, index) => index % rows),
  );
}
