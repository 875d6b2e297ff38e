/**
 * A run at one moment as named tensors, so that it continues bit for bit:
 *
 *   params.*  optimiser.*  ema.*  step:u32[]
 *   best.params.*  best.ema.*  best.losses:f64[batches]  best.step:u32[]  best.stale:u32[]
 *
 * The metadata tells which run it is (run-identity.ts): a checkpoint of another one is refused.
 * Where it is kept is a CheckpointStore's concern.
 */
import { type Tensor, type Tree, tensor, tree } from "@cotangent/autodiff";
import type { Weights } from "./fit-options.ts";
import { differences, type RunIdentity } from "./run-identity.ts";
import type { NamedTensors } from "./safetensors.ts";
import type { TrainingState } from "./training-step.ts";
import { nameLeaves, unnameLeaves } from "./tree-names.ts";
import type { Best } from "./validation.ts";

/** What a checkpoint restores. */
export interface Snapshot {
  readonly state: TrainingState;
  readonly best: Best | undefined;
}

const format = "cotangent checkpoint 1";

/** The snapshot as named tensors. */
export function toCheckpoint({ state, best }: Snapshot, identity: RunIdentity): NamedTensors {
  const bestTensors =
    best === undefined
      ? {}
      : {
          ...nameLeaves(best.params, "best.params"),
          ...nameLeaves(best.emaParams ?? [], "best.ema"),
          "best.losses": tensor(best.losses, { dtype: "f64" }),
          "best.step": tensor(best.step, { dtype: "u32" }),
          "best.stale": tensor(best.stale, { dtype: "u32" }),
        };
  return {
    tensors: {
      ...nameLeaves(state.params, "params"),
      ...nameLeaves(state.optimiser, "optimiser"),
      ...nameLeaves(state.ema, "ema"),
      step: state.step,
      ...bestTensors,
    },
    metadata: { format, ...identity },
  };
}

/** The snapshot that `checkpoint` holds; `initial` gives the shapes. Throws when it belongs to another run. */
export function fromCheckpoint(
  { tensors, metadata }: NamedTensors,
  initial: TrainingState,
  identity: RunIdentity,
  source: string,
): Snapshot {
  requireFormat(metadata, source);
  const read = (template: Tree, prefix: string) => unnameLeaves(template, tensors, prefix, source);
  const params = read(initial.params, "params");
  const found = differences(identity, metadata);
  if (found.length > 0) {
    throw new Error(
      `resume: ${source} belongs to another run: ${found.join("; ")}; give the same options, or another folder`,
    );
  }
  const state: TrainingState = {
    params,
    optimiser: read(initial.optimiser, "optimiser"),
    ema: read(initial.ema, "ema"),
    step: read(initial.step, "step") as Tensor,
  };
  const losses = tensors["best.losses"];
  if (losses === undefined) return { state, best: undefined };
  const count = (name: string) => (read(tensor(0, { dtype: "u32" }), name) as Tensor).item();
  const emaParams = read(initial.ema, "best.ema");
  const best = {
    params: read(initial.params, "best.params"),
    ...(tree.leaves(initial.ema).length === 0 ? {} : { emaParams }),
    losses: Array.from(losses.data, Number),
    step: count("best.step"),
    stale: count("best.stale"),
  };
  return { state, best };
}

/** How many steps the run had done. */
export function checkpointStep({ tensors }: NamedTensors): number {
  return tensors.step?.item() ?? 0;
}

/**
 * The weights to use from a checkpoint and their step, of a run that finished or not: the best by
 * validation loss when the run had validation, else the last; `template` (a model's initial weights) gives
 * the tree.
 *
 * Throws when `source`, the checkpoint's name, holds another model.
 */
export function checkpointWeights(
  checkpoint: NamedTensors,
  template: Tree,
  source: string,
): Weights & { readonly step: number } {
  const { tensors, metadata } = checkpoint;
  requireFormat(metadata, source);
  const names = Object.keys(tensors);
  const has = (prefix: string) =>
    names.some((name) => name === prefix || name.startsWith(`${prefix}.`));
  const at = has("best.params") ? "best." : "";
  const params = unnameLeaves(template, tensors, `${at}params`, source);
  const step = tensors[`${at}step`]?.item() ?? 0;
  if (!has(`${at}ema`)) return { params, step };
  return { params, emaParams: unnameLeaves(template, tensors, `${at}ema`, source), step };
}

function requireFormat(metadata: NamedTensors["metadata"], source: string): void {
  const got = metadata.format;
  if (got === format) return;
  throw new Error(
    `${source}: expected a checkpoint ("${format}"), got ${got === undefined ? "other tensors" : `"${got}"`}`,
  );
}
