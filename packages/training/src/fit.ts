/**
 * Fits parameters to data: the loop of fit-loop.ts, driven to its end or a step at a time, at once or with
 * promises.
 *
 * Deterministic given the seed: batches and draws depend on (seed, step) only, so that a run resumed from
 * a checkpoint ends with the very bits of one that was never stopped (same engine, same machine features).
 */
import type { Tree } from "@cotangent/autodiff";
import { interpreter } from "./engine.ts";
import { fitLoop, type LoopOptions } from "./fit-loop.ts";
import type {
  AsyncFitOptions,
  FitOptions,
  FitResult,
  StepMetrics,
  Weights,
} from "./fit-options.ts";
import { asyncFitNames, fitNames, requireRunOptions } from "./run-preconditions.ts";
import type { Pending } from "./settle.ts";

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
  return stepsOf(requireRunOptions<FitOptions<P>, P>(options, fitNames));
}

function* stepsOf<P extends Tree>({
  engine = interpreter,
  onStep,
  ...rest
}: FitOptions<P>): Generator<StepMetrics, FitResult<P>, void> {
  const run = loopOf<P>({
    ...rest,
    engine,
    // What a synchronous `onStep` returns is not waited for, also where that is a promise.
    tell: (metrics, weights) => onStep?.(metrics, weights as () => Weights<P>) !== false,
  });
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
    if ("pending" in value) {
      throw new TypeError(
        `fit: expected an engine that answers at once, got a promise from ${engine.name}; use fitAsync`,
      );
    }
    yield value;
  }
}

/**
 * `fit` on an engine of either kind, awaited; rejects where `fit` throws, and with what the engine rejects with.
 *
 * Steps that an engine takes in one call compute what they compute one by one: to the bit where each
 * operation is rounded by itself, as by the interpreter; to rounding where a compiler fuses operations.
 */
export async function fitAsync<P extends Tree>(options: AsyncFitOptions<P>): Promise<FitResult<P>> {
  const run = fitStepsAsync(options);
  for (;;) {
    const { done, value } = await run.next();
    if (done) return value;
  }
}

/** `fitAsync`, one step at a time. */
export function fitStepsAsync<P extends Tree>(
  options: AsyncFitOptions<P>,
): AsyncGenerator<StepMetrics, FitResult<P>, void> {
  return stepsOfAsync(requireRunOptions<AsyncFitOptions<P>, P>(options, asyncFitNames));
}

async function* stepsOfAsync<P extends Tree>({
  engine = interpreter,
  onStep,
  ...rest
}: AsyncFitOptions<P>): AsyncGenerator<StepMetrics, FitResult<P>, void> {
  const run = loopOf<P>({
    ...rest,
    engine,
    tell: (metrics, weights) => onStep?.(metrics, async () => (await weights()) as Weights<P>),
  });
  let answer: unknown;
  for (;;) {
    const { done, value } = run.next(answer);
    if (done) return value;
    if ("pending" in value) answer = await value.pending;
    else yield value;
  }
}

/** Inside, weights are just trees: every update keeps their structure. */
function loopOf<P extends Tree>(
  options: Omit<LoopOptions, "params" | "objective"> & Pick<FitOptions<P>, "params" | "objective">,
): Generator<StepMetrics | Pending, FitResult<P>, unknown> {
  return fitLoop(options as unknown as LoopOptions) as ReturnType<typeof loopOf<P>>;
}
