/** What `fit` asks of its options before it plans a run; their numbers are checked where they are settled, in run-plan.ts. */
import type { Tree } from "@cotangent/autodiff";
import type { AsyncFitOptions, FitOptions } from "./fit-options.ts";
import {
  type OptionNames,
  requireFunction,
  requireMethods,
  requireOptions,
  requireRows,
} from "./preconditions.ts";

export const fitNames: OptionNames<FitOptions> = {
  objective: true,
  params: true,
  data: true,
  optimiser: true,
  seed: true,
  batchSize: true,
  steps: false,
  epochs: false,
  validation: false,
  ema: false,
  checkpoint: false,
  resume: false,
  engine: false,
  onStep: false,
};
export const asyncFitNames: OptionNames<AsyncFitOptions> = { ...fitNames, readsAt: false };

/** The options of a run. Throws unless they have these names, and what they name is of its kind. */
export function requireRunOptions<O extends FitOptions<P> | AsyncFitOptions<P>, P extends Tree>(
  given: O,
  names: OptionNames<O>,
): O {
  const options = requireOptions("fit", given, names);
  const { objective, data, optimiser, validation, checkpoint } = options;
  const { engine, onStep, readsAt } = options as AsyncFitOptions<P>;
  const example = "adam({ learningRate: 0.001 })";
  requireMethods("fit", "objective", objective, ["mean"], "one of @cotangent/losses");
  requireMethods("fit", "optimiser", optimiser, ["init", "update"], example);
  requireRows("fit", "data", data);
  if (validation !== undefined) {
    const given = { data: false, fraction: false, every: true, patience: false };
    requireOptions("fit: validation", validation, given);
    if (validation.data !== undefined) requireRows("fit", "validation.data", validation.data);
  }
  if (checkpoint !== undefined) {
    requireOptions("fit: checkpoint", checkpoint, { store: true, every: true });
    const example = 'checkpointFile("run.safetensors")';
    requireMethods("fit", "checkpoint.store", checkpoint.store, ["read", "write"], example);
  }
  if (engine !== undefined) requireMethods("fit", "engine", engine, ["compile"], "cpuEngine()");
  requireFunction("fit", "onStep", onStep);
  requireFunction("fit", "readsAt", readsAt);
  return options;
}
