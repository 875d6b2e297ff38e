/** What train says: the run before it starts, and what came of it. */

import type { ModelSettings } from "../model/settings.ts";
import { counted, duration, significant } from "../report/numbers.ts";
import type { Run } from "../run/load.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { type Place, placeText } from "../training-engine.ts";
import type { PreparedRun } from "./prepare.ts";
import type { Session } from "./session.ts";

/** The data, the split and the model, in two lines. */
export function describeRun({ config, parts }: PreparedRun): string {
  const count = (rows: { readonly shape: readonly number[] } | undefined): string =>
    String(rows?.shape[0] ?? 0);
  const { data, model, training } = config;
  return (
    `${data.source}: ${count(parts.train)} training, ${count(parts.validation)} validation, ` +
    `${count(parts.test)} test rows of ${counted(data.columns.length, "column")}, ${standardised(data.standardise)}\n` +
    `${describeModel(model)}; at most ${training.steps} steps of ${training.batch} rows`
  );
}

/** The objective, its noise and the network. */
export function describeModel({
  objective,
  noise,
  hidden,
  activation,
  dimension,
}: ModelSettings): string {
  const noisy =
    noise?.kind === "ladder"
      ? `, noise-conditional, σ ${noise.highest} to ${noise.lowest} in ${noise.levels} levels`
      : noise?.kind === "fixed"
        ? `, σ ${noise.sigma}`
        : "";
  return `${objective}${noisy}; network ${[dimension, ...hidden, dimension].join("–")}, ${activation}`;
}

function standardised(how: string): string {
  const words: { readonly [how: string]: string } = {
    quantile: "normal scores, PCA-whitened",
    whiten: "PCA-whitened",
    scale: "scaled",
  };
  return words[how] ?? "as they are";
}

/** How the training ended and what to do with the run. */
export function describeSession(
  run: Run,
  { result, refit, seconds }: Session,
  place: Place,
): string {
  const { step, bestStep, bestLoss, stopped } = result;
  const why = stopped === "patience" ? " (validation stopped improving)" : "";
  const best =
    bestStep === undefined || bestLoss === undefined
      ? ""
      : `; best validation loss ${significant(bestLoss)} at step ${bestStep}`;
  const where = place.backend === undefined ? "" : ` on ${placeText(place)}`;
  const again = refit === undefined ? "" : `, then ${refit.step} on all rows`;
  const taken = result.history.length + (refit?.history.length ?? 0);
  const rest = taken < step + (refit?.step ?? 0) ? ` for the last ${taken}` : "";
  const time = taken === 0 ? " were done already" : ` in ${duration(seconds)}${rest}${where}`;
  return (
    `${step} steps${why}${again}${time}${best}.\nRun: ${run.folder.path}\n` +
    `Next: cotangent sample ${shellWord(run.folder.path)} --count 1000 --out samples.csv`
  );
}

/** The same for machines. */
export function sessionRecord(run: Run, { result, refit, seconds }: Session, place: Place): object {
  const { step, bestStep, bestLoss, stopped } = result;
  return {
    run: run.folder.path,
    step,
    bestStep: bestStep ?? null,
    bestLoss: bestLoss ?? null,
    stopped,
    refitSteps: refit?.step ?? null,
    seconds,
    ranOn: place,
    config: run.config,
  };
}
