/**
 * What `cotangent compare` measured, as plain JSON.
 *
 * The terminal table, `--json` and the report all read this record and nothing else, so a saved
 * `compare.json` draws the same report again. Scores and samples are in data units; a divergence
 * is E½‖s − ∇log p‖² with the sum over coordinates and the mean over samples.
 */

import type { ActivationName } from "../activations.ts";

/** A point or a vector of the plane, [x, y]. */
export type Point = readonly [number, number];

/** An interval, [low, high]. */
export type Interval = readonly [number, number];

/** What ran where: enough to repeat the numbers, and to know which of them are the machine's. */
export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly processor: string;
  /** What took the training steps; with engine gpu the divergences and samples are engine cpu's. */
  readonly engine: string;
  /** Of engine gpu: where it ran. */
  readonly backend?: string;
  readonly adapter?: string;
}

/** The options that decide the numbers; `hidden` holds the widths of the hidden layers. */
export interface CompareSettings {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly learningRate: number;
  readonly ema: number;
  readonly sigma: number;
  readonly radius: number;
  readonly projections: number;
  readonly rows: number;
  readonly evaluationRows: number;
  readonly seed: number;
}

/** A density on a regular grid: values[row * columns + column], row 0 at the low end of y. */
export interface DensityGrid {
  readonly columns: number;
  readonly rows: number;
  readonly values: readonly number[];
}

/** The problem with a known score; `fieldPoints` are where the density is not negligible. */
export interface Problem {
  readonly name: string;
  readonly means: readonly Point[];
  readonly weights: readonly number[];
  readonly std: number;
  readonly x: Interval;
  readonly y: Interval;
  /** E½‖∇log p‖²: the divergence of the score that is zero everywhere. */
  readonly zeroDivergence: number;
  readonly density: DensityGrid;
  readonly fieldPoints: readonly Point[];
  readonly trueField: readonly Point[];
  readonly samples: readonly Point[];
}

/** One evaluation during training; `loss` is the running mean since the evaluation before. */
export interface CurvePoint {
  readonly step: number;
  readonly seconds: number;
  readonly loss: number;
  readonly fisher: number;
}

/** A mean over random samples and its standard error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** What denoising aims at: the score of q = p ∗ N(0, σ²I) and not that of p. */
export interface PerturbedTarget {
  readonly sigma: number;
  /** E_q ½‖s − ∇log q‖²: how well the network learned its own target. */
  readonly fisher: Estimate;
  /** E_p ½‖∇log q − ∇log p‖²: what a perfect learner of that target would still have. */
  readonly bias: number;
}

/** One objective's training run. */
export interface ObjectiveRun {
  readonly name: string;
  readonly curve: readonly CurvePoint[];
  readonly millisecondsPerStep: number;
  readonly seconds: number;
  readonly fisher: Estimate;
  /** fisher.value / zeroDivergence. */
  readonly relative: number;
  /** The objective's value at the score it aims at: loss − lossFloor estimates a divergence. */
  readonly lossFloor: number;
  readonly perturbed?: PerturbedTarget;
  readonly field: readonly Point[];
  readonly samples: readonly Point[];
}

/** The whole result. */
export interface CompareResult {
  readonly kind: "cotangent-compare";
  readonly version: 1;
  readonly command: string;
  readonly environment: Environment;
  readonly settings: CompareSettings;
  readonly problem: Problem;
  readonly runs: readonly ObjectiveRun[];
  /** Wall-clock time of everything, training and evaluation. */
  readonly seconds: number;
}
