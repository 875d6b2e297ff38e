/**
 * Fits parameters to data:
 *
 *   for step = 0, 1, …:  (state, loss) ← trainingStep(state, batchOf(step), foldIn(drawKey, step))
 *
 * Deterministic given the seed: batches and draws depend on (seed, step) only, so that a run resumed from
 * a checkpoint ends with the very bits of one that was never stopped (same engine, same machine features).
 */
import { random, type Tensor, type Tree, tree } from "@cotangent/autodiff";
import { fromCheckpoint, type Snapshot, toCheckpoint } from "./checkpoint.ts";
import { interpreter, keepState } from "./engine.ts";
import type { FitOptions, FitResult, StepMetrics, Weights } from "./fit-options.ts";
import { planRun, type RunPlan } from "./run-plan.ts";
import { initialState, type TrainingState, trainingStep } from "./training-step.ts";
import { heldOutLosses, meanLoss, updateBest } from "./validation.ts";

/**
 * Fits `params` to `data` and returns the weights: the best by validation loss when there is validation,
 * else the last.
 *
 * Throws one sentence when the options contradict each other, when a loss or a weight stops being finite
 * (naming the step; the last good checkpoint stands), when the checkpoint belongs to another run, is
 * damaged or cannot be written, and when one is there already and `resume` is not set.
 */
export function fit<P extends Tree>(options: FitOptions<P>): FitResult<P> {
  const run = fitSteps(options);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
  }
}

/** `fit`, one step at a time: yields after each, so that a page can draw and several runs can take turns. */
export function fitSteps<P extends Tree>(
  options: FitOptions<P>,
): Generator<StepMetrics, FitResult<P>, void> {
  // Inside, weights are just trees: every update keeps their structure.
  return runSteps(options as unknown as FitOptions) as Generator<StepMetrics, FitResult<P>, void>;
}

function* runSteps(options: FitOptions): Generator<StepMetrics, FitResult, void> {
  const plan = planRun(options);
  const { steps, batches } = plan;
  const { engine = interpreter, objective, checkpoint, validation, onStep } = options;
  const evaluate =
    plan.validation &&
    heldOutLosses(objective, plan.validation, batches.batchSize, plan.validationKey, engine);

  const { state: initial, best: saved } = start(options, plan);
  const training = keepState(engine, trainingStep(options), initial as unknown as Tree);
  const currentState = () => training.state() as unknown as TrainingState;
  let best = saved;
  let step = initial.step.item();
  const first = step;
  const began = performance.now();
  const history: StepMetrics[] = [];
  const patience = validation?.patience ?? Number.POSITIVE_INFINITY;
  let stopped: FitResult["stopped"] = (best?.stale ?? 0) >= patience ? "patience" : "finished";

  while (step < steps && stopped === "finished") {
    const epoch = batches.epochOf(step);
    const key = random.foldIn(plan.drawKey, step);
    const lossTensor = training.run(batches.batchOf(step), key) as Tensor;
    step += 1;
    const loss = requireFinite("loss", lossTensor.item(), step, options);
    let validationLoss: number | undefined;
    if (evaluate && (step % (validation?.every ?? 1) === 0 || step === steps)) {
      const weights = weightsOf(currentState(), options);
      const losses = evaluate(weights.emaParams ?? weights.params);
      validationLoss = meanLoss(losses);
      requireFinite("validation loss", validationLoss, step, options);
      best = updateBest(best, losses, step, weights);
      if (best.stale >= patience) stopped = "patience";
    }
    const elapsed = (performance.now() - began) / 1000;
    const rate = (step - first) / elapsed;
    const metrics: StepMetrics = {
      step,
      steps,
      epoch,
      loss,
      ...(validationLoss === undefined ? {} : { validationLoss }),
      ...(best === undefined ? {} : { bestLoss: meanLoss(best.losses) }),
      elapsed,
      rate,
      timeLeft: (steps - step) / rate,
    };
    history.push(metrics);
    if (onStep?.(metrics, () => weightsOf(currentState(), options)) === false) stopped = "callback";
    if (step === steps || stopped !== "finished" || step % (checkpoint?.every ?? steps) === 0) {
      const state = currentState();
      requireFiniteWeights(state.params, step, options);
      checkpoint?.store.write(toCheckpoint({ state, best }, plan.identity));
    }
    yield metrics;
  }
  return {
    ...(best === undefined ? weightsOf(currentState(), options) : bestWeights(best)),
    step,
    ...(best === undefined ? {} : { bestStep: best.step, bestLoss: meanLoss(best.losses) }),
    stopped,
    history,
  };
}

/** The checkpoint's snapshot, or the initial one, saved at once: a folder that cannot be written to shows before the work. */
function start(options: FitOptions, plan: RunPlan): Snapshot {
  const initial = initialState(plan.params, options);
  const store = options.checkpoint?.store;
  if (store === undefined) return { state: initial, best: undefined };
  const saved = store.read();
  if (saved === undefined) {
    const snapshot = { state: initial, best: undefined };
    store.write(toCheckpoint(snapshot, plan.identity));
    return snapshot;
  }
  if (options.resume) return fromCheckpoint(saved, initial, plan.identity, store.name);
  throw new Error(
    `fit: ${store.name} holds a run already; resume it, or choose another place (nothing was changed)`,
  );
}

function weightsOf({ params, ema }: TrainingState, options: FitOptions): Weights {
  return options.ema === undefined ? { params } : { params, emaParams: ema };
}

function bestWeights({ params, emaParams }: Weights): Weights {
  return emaParams === undefined ? { params } : { params, emaParams };
}

function requireFinite(what: string, value: number, step: number, options: FitOptions): number {
  if (Number.isFinite(value)) return value;
  const kept = options.checkpoint
    ? `; ${options.checkpoint.store.name} keeps the last good weights`
    : "";
  throw new Error(
    `fit: the ${what} at step ${step} is ${value}, expected a finite number; ` +
      `lower the learning rate, clip the gradient (clipNorm), or check the data${kept}`,
  );
}

/** A gradient that is not finite shows in the weights one step before it shows in a loss. */
function requireFiniteWeights(params: Tree, step: number, options: FitOptions): void {
  for (const leaf of tree.leaves(params)) {
    const bad = leaf.data.find((x) => !Number.isFinite(x));
    if (bad !== undefined) requireFinite("update of the weights", bad, step, options);
  }
}
