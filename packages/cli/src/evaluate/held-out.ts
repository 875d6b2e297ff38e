/**
 * Objectives on held-out rows: the model beside the Gaussian fit, with the same draws for both.
 *
 * Every row's value is averaged over many draws first, so a standard error is that of the rows. Rows
 * the model trained on are evaluated too: a model that memorised them is much better there than on
 * the held-out ones.
 */

import { full, mul, random, type Tensor, type Tree } from "@cotangent/autodiff";
import type { Draws, Objective, Score } from "@cotangent/losses";
import { estimate } from "../compare/measure.ts";
import type { Estimate } from "../compare/result.ts";
import { type Model, noiseLevels, objectiveFor } from "../model/model.ts";
import type { ModelSettings } from "../model/settings.ts";
import type { GaussianFit } from "./gaussian-fit.ts";

/** One line of the result; lower is better. */
export interface HeldOutLine {
  readonly objective: string;
  /** The noise level in standardised units; null for objectives without noise. */
  readonly sigma: number | null;
  readonly model: Estimate;
  readonly gaussian: Estimate;
  /** model − gaussian, row by row. */
  readonly difference: Estimate;
  readonly training: Estimate;
}

/** What is evaluated: rows in standardised units. */
export interface HeldOutTask {
  readonly model: Model;
  readonly params: Tree;
  readonly fit: GaussianFit;
  readonly heldOut: Tensor;
  readonly training: Tensor;
  readonly draws: number;
  readonly seed: number;
}

/** One way to evaluate: an objective for each of two scores, and its draws. */
interface Measure {
  readonly objective: string;
  readonly sigma: number | null;
  readonly ofModel: Objective;
  readonly ofFit: Objective;
  readonly draw: (key: Tensor, x: Tensor) => Draws;
  readonly repeats: number;
}

/** Evaluates every line, and for a ladder their mean as a last one. */
export function evaluateHeldOut(task: HeldOutTask): readonly HeldOutLine[] {
  const { model, params, heldOut, training, seed } = task;
  const rows = measuresOf(task).map((measure, index) => {
    const key = random.foldIn(random.key(seed), index);
    const average = (objective: Objective, p: Tree, x: Tensor): Float64Array =>
      rowAverages(objective, p, x, measure, key);
    return {
      measure,
      model: average(measure.ofModel, params, heldOut),
      gaussian: average(measure.ofFit, [], heldOut),
      training: average(measure.ofModel, params, training),
    };
  });
  const lines = rows.map(({ measure, ...values }) =>
    line(measure.objective, measure.sigma, values),
  );
  if (model.settings.noise?.kind !== "ladder") return lines;
  const meanOf = (part: "model" | "gaussian" | "training"): Float64Array =>
    meanOverLevels(rows.map((row) => row[part]));
  const all = {
    model: meanOf("model"),
    gaussian: meanOf("gaussian"),
    training: meanOf("training"),
  };
  return [...lines, line("mean", null, all)];
}

function measuresOf({ model, fit, draws }: HeldOutTask): Measure[] {
  const { settings, score } = model;
  const { noise, objective } = settings;
  if (noise === null) {
    const names = [...new Set([objective, "implicit" as const])];
    return names.map((name) =>
      plainMeasure({ ...settings, objective: name }, score, fit(0), draws),
    );
  }
  return noiseLevels(settings).map((sigma) => {
    const at = (x: Tensor): Tensor => full([x.shape[0] ?? 0], sigma);
    const delta = (key: Tensor, x: Tensor): Tensor => mul(sigma, random.normal(key, x.shape));
    const ladder = noise.kind === "ladder";
    return {
      objective: "denoising",
      sigma,
      ofModel: model.objective,
      ofFit: objectiveFor(settings, fit(sigma)),
      draw: (key, x) => ({ delta: delta(key, x), ...(ladder ? { sigma: at(x) } : {}) }),
      repeats: draws,
    };
  });
}

function plainMeasure(settings: ModelSettings, score: Score, fit: Score, draws: number): Measure {
  const ofModel = objectiveFor(settings, score);
  return {
    objective: settings.objective,
    sigma: null,
    ofModel,
    ofFit: objectiveFor(settings, fit),
    draw: ofModel.draw,
    repeats: settings.objective === "implicit" ? 1 : draws,
  };
}

/** The objective of each row, averaged over draws that depend on the key and the row count only. */
function rowAverages(
  objective: Objective,
  params: Tree,
  x: Tensor,
  { draw, repeats }: Measure,
  key: Tensor,
): Float64Array {
  const total = new Float64Array(x.shape[0] ?? 0);
  for (let k = 0; k < repeats; k += 1) {
    const values = objective.perSample(params, x, draw(random.foldIn(key, k), x)).data;
    for (let i = 0; i < total.length; i += 1)
      total[i] = (total[i] ?? 0) + Number(values[i]) / repeats;
  }
  return total;
}

interface RowValues {
  readonly model: Float64Array;
  readonly gaussian: Float64Array;
  readonly training: Float64Array;
}

function line(objective: string, sigma: number | null, values: RowValues): HeldOutLine {
  const { model, gaussian, training } = values;
  const difference = model.map((value, i) => value - (gaussian[i] ?? 0));
  return {
    objective,
    sigma,
    model: estimate(model),
    gaussian: estimate(gaussian),
    difference: estimate(difference),
    training: estimate(training),
  };
}

function meanOverLevels(levels: readonly Float64Array[]): Float64Array {
  const rows = levels[0]?.length ?? 0;
  return Float64Array.from({ length: rows }, (_, i) =>
    levels.reduce((sum, values) => sum + (values[i] ?? 0) / levels.length, 0),
  );
}
