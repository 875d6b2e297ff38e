/** What a comparison's table says in words, for the terminal and the report: which came closest, and which times are meant. */

import { percent } from "../report/numbers.ts";
import type { CompareResult, ObjectiveRun } from "./result.ts";

/** What ms/step and the training time are. */
export const timesText =
  "ms/step is the median over the steps; training is their sum, and with it the time to compile them.";

/**
 * The run of the least divergence, and those that are not told apart from it: within two standard errors of the
 * difference. All are measured on the same rows, which moves them together, so that this is on the safe side.
 */
export function closest(runs: readonly ObjectiveRun[]): readonly ObjectiveRun[] {
  const ordered = runs.toSorted((a, b) => a.fisher.value - b.fisher.value);
  const [best] = ordered;
  if (best === undefined) return [];
  return ordered.filter(({ fisher: { value, standardError } }) => {
    const error = Math.hypot(standardError, best.fisher.standardError);
    return value - best.fisher.value <= 2 * error;
  });
}

/** Which came closest to the truth, in a sentence. */
export function closestText({ runs }: CompareResult): string {
  const near = closest(runs);
  const names = near.map(({ name }) => name);
  const [best = Number.NaN, ...others] = near.map(({ relative }) => relative);
  const shares = [...new Set([percent(best), percent(others.at(-1) ?? best)])].join(" to ");
  const lead = `Closest to the truth: ${listed.format(names)}, at ${shares} of the zero score’s divergence`;
  if (others.length === 0) return `${lead}.`;
  return `${lead}; they are not told apart: the differences are within two standard errors.`;
}

const listed: Intl.ListFormat = new Intl.ListFormat("en-GB");
