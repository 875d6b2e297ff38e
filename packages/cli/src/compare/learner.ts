/**
 * One objective's training: steps, timed one by one (an engine that takes several a call: in equal shares),
 * with evaluations in between.
 *
 * Every learner starts from the same weights, sees the same batches and has the same budget; only
 * the objective differs. Evaluation is outside the time that is reported.
 */

import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import type { Mlp, Objective } from "@cotangent/losses";
import { adam, cosine, fitStepsAsync, type Weights } from "@cotangent/training";
import type { TrainingEngine } from "../training-engine.ts";
import { fisherDivergence, median } from "./measure.ts";
import { mixture } from "./problem.ts";
import type { CompareSettings, CurvePoint } from "./result.ts";

/** What all learners of one comparison share. */
export interface Setting extends Pick<TrainingEngine, "engine" | "host"> {
  readonly settings: CompareSettings;
  readonly network: Mlp;
  readonly data: Tensor;
  /** Fresh rows for the divergence during training. */
  readonly probe: Tensor;
}

/** One evaluation, and how far the training is. */
export interface Progressed {
  readonly done: number;
  readonly loss: number;
  readonly fisher: number;
  readonly millisecondsPerStep: number;
}

/** A finished training. */
export interface Learned {
  readonly params: Tree;
  readonly curve: readonly CurvePoint[];
  readonly millisecondsPerStep: number;
  readonly seconds: number;
}

const evaluations = 40;

/** Trains with one objective; yields after every step. */
export async function* learn(
  objective: Objective,
  { settings, network, engine, data, probe }: Setting,
): AsyncGenerator<Progressed, Learned, void> {
  const { steps, batch, learningRate, ema, seed } = settings;
  const init = network.init(random.key(seed), { dtype: "f32" });
  let weights = async (): Promise<Weights> => ({ params: init });
  const stepper = fitStepsAsync({
    objective,
    params: init,
    data,
    optimiser: adam({ learningRate, schedule: cosine({ steps, final: 0.02 }), clipNorm: 20 }),
    engine,
    seed,
    steps,
    batchSize: batch,
    ...(ema > 0 ? { ema } : {}),
    readsAt: (step) => isDue(step, steps),
    onStep: (_, current) => {
      weights = current;
    },
  });
  const divergence = (params: Tree): number =>
    fisherDivergence(network.score, params, probe, mixture).value;
  const times: number[] = [];
  const losses: number[] = [];
  const curve: CurvePoint[] = [];
  let fisher = divergence(init);
  for (;;) {
    const next = await stepper.next();
    if (next.done) {
      const { emaParams, params } = next.value;
      const seconds = sum(times) / 1000;
      return { params: emaParams ?? params, curve, millisecondsPerStep: median(times), seconds };
    }
    times.push(1000 * next.value.seconds);
    losses.push(next.value.loss);
    const done = times.length;
    if (done === 1) curve.push({ step: 0, seconds: 0, loss: next.value.loss, fisher });
    if (isDue(done, steps)) {
      const current = await weights();
      fisher = divergence(current.emaParams ?? current.params);
      const loss = sum(losses.splice(0)) / (done - (curve.at(-1)?.step ?? 0));
      curve.push({ step: done, seconds: sum(times) / 1000, loss, fisher });
    }
    const millisecondsPerStep = median(times.slice(-50));
    yield { done, loss: curve.at(-1)?.loss ?? 0, fisher, millisecondsPerStep };
  }
}

/** Whether an evaluation falls on this step: `evaluations` of them, evenly, the last at the end. */
function isDue(done: number, steps: number): boolean {
  const count = (step: number): number => Math.floor((step * evaluations) / steps);
  return count(done) > count(done - 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
