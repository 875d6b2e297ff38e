/**
 * The loop of `fit`, written once for engines of both kinds:
 *
 *   for step = 0, 1, …:  (state, loss) ← trainingStep(state, batchOf(step), foldIn(drawKey, step))
 *
 * It yields metrics after each step, and promises, which its drivers (fit.ts) send back resolved. An engine
 * may take several steps a call: which go together depends on the step and the options alone, so that a
 * resumed run makes the calls that one that was never stopped makes from there on.
 */
import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import { toCheckpoint } from "./checkpoint.ts";
import { type AsyncEngine, type Engine, keepState, stepsPerCall } from "./engine.ts";
import { requireFinite, requireFiniteWeights } from "./finite.ts";
import type { FitResult, RunOptions, StepMetrics, Weights } from "./fit-options.ts";
import { planRun } from "./run-plan.ts";
import { runStart } from "./run-start.ts";
import { after, type Pending, settle } from "./settle.ts";
import { inOneCall, type TrainingState, trainingStep } from "./training-step.ts";
import { heldOutLosses, meanLoss, updateBest } from "./validation.ts";

/** What both kinds of options come to. */
export interface LoopOptions extends RunOptions {
  readonly engine: Engine | AsyncEngine;
  /** `onStep`; what it returns is waited for, and `false` stops. */
  readonly tell: (metrics: StepMetrics, weights: () => Weights | PromiseLike<Weights>) => unknown;
  readonly readsAt?: (step: number) => boolean;
}

/** Runs to the end; see the header. */
export function* fitLoop(
  options: LoopOptions,
): Generator<StepMetrics | Pending, FitResult, unknown> {
  const plan = planRun(options);
  const { steps, batches } = plan;
  const { engine, objective, checkpoint, validation, tell } = options;
  const evaluate =
    plan.validation &&
    heldOutLosses(objective, plan.validation, batches.batchSize, plan.validationKey, engine);
  const isDue = (step: number, every = steps): boolean => step === steps || step % every === 0;

  const { state: initial, best: saved } = runStart(options, plan);
  const training = keepState(engine, inOneCall(trainingStep(options)), initial as unknown as Tree);
  const weights = () =>
    after(training.state(), (state) => weightsOf(state as unknown as TrainingState, options));
  const together = callLength(options, isDue);

  let best = saved;
  let step = initial.step.item();
  // The first call compiles, and says nothing of those to come.
  let origin: Pick<StepMetrics, "step" | "elapsed"> = { step, elapsed: 0 };
  const began = performance.now();
  const elapsedNow = (): number => (performance.now() - began) / 1000;
  const history: StepMetrics[] = [];
  const patience = validation?.patience ?? Number.POSITIVE_INFINITY;
  let stopped: FitResult["stopped"] = (best?.stale ?? 0) >= patience ? "patience" : "finished";

  while (step < steps && stopped === "finished") {
    const from = elapsedNow();
    const calls = Array.from({ length: together(step) }, (_, k) => [
      batches.batchOf(step + k),
      random.foldIn(plan.drawKey, step + k),
    ]);
    const losses = (yield* settle<Tree>(training.run(calls))) as readonly Tensor[];
    const seconds = (elapsedNow() - from) / calls.length;
    for (const [k, lossTensor] of losses.entries()) {
      const epoch = batches.epochOf(step);
      step += 1;
      const endsCall = k === calls.length - 1;
      const loss = requireFinite("loss", lossTensor.item(), step, options);
      let validationLoss: number | undefined;
      if (evaluate && isDue(step, validation?.every)) {
        const current = yield* settle(weights());
        const heldOut = yield* evaluate(current.emaParams ?? current.params);
        validationLoss = meanLoss(heldOut);
        requireFinite("validation loss", validationLoss, step, options);
        best = updateBest(best, heldOut, step, current);
        if (best.stale >= patience) stopped = "patience";
      }
      const elapsed = endsCall ? elapsedNow() : from + seconds * (k + 1);
      const rate = (step - origin.step) / (elapsed - origin.elapsed);
      const metrics: StepMetrics = {
        step,
        steps,
        epoch,
        loss,
        ...(validationLoss === undefined ? {} : { validationLoss }),
        ...(best === undefined ? {} : { bestLoss: meanLoss(best.losses) }),
        seconds,
        elapsed,
        rate,
        timeLeft: (steps - step) / rate,
      };
      if (endsCall && !origin.elapsed) origin = metrics;
      history.push(metrics);
      if ((yield* settle(tell(metrics, weights))) === false) stopped = "callback";
      if (endsCall && (stopped !== "finished" || isDue(step, checkpoint?.every))) {
        const state = (yield* settle(training.state())) as unknown as TrainingState;
        requireFiniteWeights(state.params, step, options);
        checkpoint?.store.write(toCheckpoint({ state, best }, plan.identity));
      }
      yield metrics;
    }
  }
  return {
    ...(best === undefined ? yield* settle(weights()) : bestWeights(best)),
    step,
    ...(best === undefined ? {} : { bestStep: best.step, bestLoss: meanLoss(best.losses) }),
    stopped,
    history,
  };
}

/** How many steps go together from a step on: as many as the engine wants, or one where somebody looks before. */
function callLength(
  { engine, checkpoint, validation, readsAt }: LoopOptions,
  isDue: (step: number, every: number | undefined) => boolean,
): (step: number) => number {
  const most = stepsPerCall(engine);
  const isSeen = (step: number): boolean =>
    isDue(step, checkpoint?.every) || isDue(step, validation?.every) || readsAt?.(step) === true;
  return (step) => {
    for (let k = 1; k < most; k++) if (isSeen(step + k)) return 1;
    return most;
  };
}

function weightsOf({ params, ema }: TrainingState, options: RunOptions): Weights {
  return options.ema === undefined ? { params } : { params, emaParams: ema };
}

function bestWeights({ params, emaParams }: Weights): Weights {
  return emaParams === undefined ? { params } : { params, emaParams };
}
