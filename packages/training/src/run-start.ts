/** The state that a session of a run begins with: a checkpoint's, or the initial one, saved at once. */
import { fromCheckpoint, type Snapshot, toCheckpoint } from "./checkpoint.ts";
import type { RunOptions } from "./fit-options.ts";
import type { RunPlan } from "./run-plan.ts";
import { initialState } from "./training-step.ts";

/** The snapshot to go on from. The initial one is saved: a folder that cannot be written to shows before the work. */
export function runStart(options: RunOptions, plan: RunPlan): Snapshot {
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
