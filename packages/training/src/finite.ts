/** Stops a run whose numbers stopped being finite, naming the step and what may help. */
import { type Tree, tree } from "@cotangent/autodiff";
import type { RunOptions } from "./fit-options.ts";

/** `value`; throws unless it is finite. */
export function requireFinite(
  what: string,
  value: number,
  step: number,
  options: RunOptions,
): number {
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
export function requireFiniteWeights(params: Tree, step: number, options: RunOptions): void {
  for (const leaf of tree.leaves(params)) {
    const bad = leaf.data.find((x) => !Number.isFinite(x));
    if (bad !== undefined) requireFinite("update of the weights", bad, step, options);
  }
}
