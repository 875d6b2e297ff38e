// The steps that are measured: three objectives at the sizes of the other benchmark.
import { type StepTask, step, stepSizes, taskName } from "../../peers/src/tasks.ts";

/** Sizes that --quick leaves out are wider than this. */
const widestQuick = 128;

/** Denoising, sliced with one projection and implicit at each size. names: parts of names; all when none matches. */
export function tasksOf(quick: boolean, names: readonly string[]): StepTask[] {
  const sizes = stepSizes.filter(([, hidden]) => !quick || hidden <= widestQuick);
  const all = sizes.flatMap((s) => [
    step("denoising", s),
    step("sliced", s),
    step("implicit by contraction", s),
  ]);
  return matching(all, taskName, names);
}

/** Those whose name contains one of `names`; all where none does. */
export function matching<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  names: readonly string[],
): T[] {
  const found = all.filter((item) => names.some((part) => nameOf(item).includes(part)));
  return found.length > 0 ? found : [...all];
}

/**
 * Floating-point operations of a step's products, in round numbers: 2 for each weight and row of a
 * product; denoising has three products a layer, the others six.
 */
export function operationsOf({ objective, sizes: [d, hidden, batch] }: StepTask): number {
  const weights = 2 * d * hidden + hidden * hidden;
  return (objective === "denoising" ? 6 : 12) * weights * batch;
}
