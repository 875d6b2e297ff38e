/**
 * What `train` says of a run beside its loss: whether a batch is large enough, what projections cost, and
 * which noise level the learned score fits.
 *
 * Each note names what to do. Nothing here changes a run; the random draws are the diagnostics' own.
 */

import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import {
  atNoiseLevel,
  effectiveSigma,
  gradientVariance,
  projectionEfficiency,
} from "@cotangent/losses";
import { noiseLevels } from "../model/model.ts";
import { percent, significant } from "../report/numbers.ts";
import { ownRows, type Run } from "../run/load.ts";

/** Rows that the diagnostics look at: enough to see a noise scale of several batches. */
const looksAt = 512;
/** A batch this many times below the noise scale is called too small. */
const tooNoisy = 10;
/** 1 for independent samples; up to the group's size when all draws are shared. */
const sharedInflation = 5;
/** A noise level below this is no level: it differs from 0 by chance. */
const negligible = 0.01;

/** Notes on the gradient at the first step; empty for a noise ladder, which starts at a Gaussian's optimum. */
export function startingNotes(run: Run): string[] {
  const { model, config } = run;
  const { noise, objective, projections } = model.settings;
  const x = standardRows(run);
  if (noise?.kind === "ladder" || objective === "implicit" || x === undefined) return [];
  const params = model.init(random.foldIn(random.key(config.training.seed), 1));
  const groupSize = (x.shape[0] ?? 0) >= 256 ? 32 : 8;
  const { noiseScale, inflation } = gradientVariance(model.objective, params, x, random.key(0), {
    groupSize,
  });
  const notes: string[] = [];
  const { batch } = config.training;
  if (noise !== null && noiseScale > tooNoisy * batch) {
    const rows = Number.isFinite(noiseScale)
      ? `about ${significant(noiseScale, 2)} rows`
      : `more rows than the ${x.shape[0]} looked at`;
    notes.push(
      `warning: σ = ${significant(noise.sigma, 2)} is too small for batches of ${batch} rows: it takes ${rows} for a gradient ` +
        "to be as large as its noise, which grows as 1/σ²; give a larger --sigma or --batch",
    );
  }
  if (inflation > sharedInflation) {
    notes.push(
      `warning: the samples of a batch share their random draws (its gradient varies ${significant(inflation, 2)} times as much as ` +
        "that of independent samples): no batch size averages this away; draw directions per sample",
    );
  }
  if (noise === null) {
    const { efficiency } = projectionEfficiency(model.objective, params, x, random.key(1));
    const advice =
      efficiency < 0.5 ? "more --projections help" : "more --projections would help little";
    const slices = `${projections} projection${projections === 1 ? "" : "s"} per row`;
    notes.push(
      `${slices}: the data make ${percent(Math.max(0, efficiency))} of the gradient's variance; ${advice}`,
    );
  }
  return notes;
}

/** Notes on the learned score: the noise level that it fits, and whether it points the right way. */
export function finalNotes(run: Run, params: Tree): string[] {
  const x = standardRows(run);
  if (x === undefined) return [];
  const { score, settings } = run.model;
  const lowest = noiseLevels(settings).at(-1);
  const conditional = settings.noise?.kind === "ladder" && lowest !== undefined;
  const fixed = conditional ? atNoiseLevel(score, lowest) : score;
  const { sigma, alignment } = effectiveSigma(fixed, params, x, random.key(2));
  const notes: string[] = [];
  if (alignment < 0) {
    notes.push(
      "warning: the score points away from the data (its mean product with x − μ is positive): " +
        "an energy was taken for a log density, or training diverged",
    );
  }
  // At a ladder's lowest level errors of the score count 1/σ² times, and drown what this would tell.
  if (conditional) return notes;
  const trained = lowest === undefined ? "without noise" : `at σ = ${significant(lowest, 2)}`;
  notes.push(`the score, trained ${trained}, ${levelText(sigma, lowest)}`);
  return notes;
}

/** What the noise level that a score fits says; below `negligible`, in units of the data's spread, none is told. */
function levelText(sigma: number, trainedAt: number | undefined): string {
  if (sigma >= negligible || Number.isNaN(sigma)) {
    const own = trainedAt === undefined ? " (0 is that of the data themselves)" : "";
    return `passes for that of the data with noise σ ≈ ${significant(sigma, 2)}, in standardised units${own}`;
  }
  const steep = "is at least as steep as that of the data without noise";
  return trainedAt === undefined
    ? `${steep}: it does not blur them`
    : `${steep}, and so too steep for that noise: it overfits, or errs at random`;
}

/** The first training rows in standardised units, as training sees them; undefined when they are too few. */
function standardRows(run: Run): Tensor | undefined {
  const rows = ownRows(run, "train");
  const [count = 0, d = 0] = rows?.shape ?? [];
  if (rows === undefined || count < 16) return undefined;
  return run.standardiser.forward(rows.slice([0, 0], [Math.min(count, looksAt), d])).astype("f32");
}
