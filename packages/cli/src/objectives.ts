/**
 * The objectives by the names the command knows them by, each from a score to an Objective.
 *
 * Shared by compare, train and evaluate.
 */

import type { Tree } from "@cotangent/autodiff";
import {
  denoising,
  finiteDifference,
  gaussian,
  implicit,
  type Objective,
  type Score,
  sliced,
} from "@cotangent/losses";

/** The names, in the order in which tables list them. */
export const objectiveNames = [
  "implicit",
  "sliced",
  "sliced-reduced",
  "denoising",
  "finite-difference",
] as const;

/** One of the objectives' names. */
export type ObjectiveName = (typeof objectiveNames)[number];

/** What some objectives need beside a score, in the units of the data they see. */
export interface ObjectiveSettings {
  /** The noise of denoising. */
  readonly sigma: number;
  /** The step of finite-difference. */
  readonly radius: number;
  /** Directions per sample, for the projected objectives. */
  readonly projections: number;
}

type Factory = <P extends Tree>(score: Score<P>, settings: ObjectiveSettings) => Objective<P>;

const factories: { readonly [name in ObjectiveName]: Factory } = {
  implicit: (score) => implicit(score),
  sliced: (score, { projections }) => sliced(score, { projections }),
  "sliced-reduced": (score, { projections }) => sliced(score, { projections, reduced: true }),
  denoising: (score, { sigma }) => denoising(score, { noise: gaussian(sigma) }),
  "finite-difference": (score, { radius, projections }) =>
    finiteDifference(score, { radius, projections }),
};

/** The objective of that name for a score. */
export function objectiveOf<P extends Tree>(
  name: ObjectiveName,
  score: Score<P>,
  settings: ObjectiveSettings,
): Objective<P> {
  return factories[name](score, settings);
}
