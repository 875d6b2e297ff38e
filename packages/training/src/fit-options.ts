/** What `fit` takes, tells while it runs, and returns. The loop itself is in fit.ts. */
import type { Tensor, Tree } from "@cotangent/autodiff";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { AsyncEngine, Engine } from "./engine.ts";
import type { Optimiser } from "./optimiser.ts";

/** What `fit` needs of an objective; those of @cotangent/losses satisfy it. */
export interface Trainable<P extends Tree = Tree> {
  readonly name: string;
  /** The loss of a batch: a pure function. x: [B, …] → scalar; `key` seeds its random draws. */
  mean(params: P, x: Tensor, key: Tensor): Tensor;
}

export interface ValidationOptions {
  /** Held-out rows [M, …]; or give `fraction`. */
  readonly data?: Tensor;
  /** Share of the rows of `data` to hold out, in (0, 1): `splitRows`. */
  readonly fraction?: number;
  /** Steps between evaluations; the last step is always evaluated. */
  readonly every: number;
  /**
   * Stop after this many evaluations since the best that were worse than it by more than the standard error of the
   * difference over batches (a single batch: that were not better); default: never.
   */
  readonly patience?: number;
}

/** What decides a run, whatever it runs on. */
export interface RunOptions<P extends Tree = Tree> {
  readonly objective: Trainable<P>;
  /** Initial weights; the result has their tree. */
  readonly params: P;
  /** One sample a row, [N, …]; cast to the dtype of the parameters. */
  readonly data: Tensor;
  readonly optimiser: Optimiser;
  /** Decides the split, the order of the batches and every draw. */
  readonly seed: number;
  /** Rows per step; all N when there are fewer. An epoch leaves out the rows that do not fill a batch. */
  readonly batchSize: number;
  /** Steps in all, or `epochs`; not both. */
  readonly steps?: number;
  readonly epochs?: number;
  readonly validation?: ValidationOptions;
  /** Decay, in (0, 1), of an exponential moving average of the weights; default: none. */
  readonly ema?: number;
  /** Where to save, and how often in steps; the start and the end are saved too. */
  readonly checkpoint?: { readonly store: CheckpointStore; readonly every: number };
  /** Continue from the checkpoint, from the start when there is none. Without it an existing checkpoint is an error. */
  readonly resume?: boolean;
}

export interface FitOptions<P extends Tree = Tree> extends RunOptions<P> {
  /** Default: `interpreter`. */
  readonly engine?: Engine;
  /** Called after each step; `weights` reads those of the moment it is called. Return `false` to stop here. */
  readonly onStep?: (metrics: StepMetrics, weights: () => Weights<P>) => unknown;
}

export interface AsyncFitOptions<P extends Tree = Tree> extends RunOptions<P> {
  /** Default: `interpreter`. */
  readonly engine?: Engine | AsyncEngine;
  /**
   * Called after each step, and awaited. Where the engine takes several steps a call, it is called for each of them
   * once the call is back: `weights` reads those after the last of them, and `false` stops there.
   */
  readonly onStep?: (metrics: StepMetrics, weights: () => Promise<Weights<P>>) => unknown;
  /** Steps after which `onStep` reads the weights: no call goes beyond such a step. */
  readonly readsAt?: (step: number) => boolean;
}

/** Weights, and their moving average when one was asked for. */
export interface Weights<P extends Tree = Tree> {
  readonly params: P;
  readonly emaParams?: P;
}

/** What is known after a step. */
export interface StepMetrics {
  /** Steps done: 1 after the first. */
  readonly step: number;
  /** Steps planned. */
  readonly steps: number;
  /** The epoch of this step, from 0. */
  readonly epoch: number;
  /** Of this step's batch, before its update. */
  readonly loss: number;
  /** At the steps that evaluate it: of the moving average where there is one. */
  readonly validationLoss?: number;
  /** The lowest validation loss so far. */
  readonly bestLoss?: number;
  /** What it took, with its batch and draws, without what happens between steps; of several in one call an equal share. */
  readonly seconds: number;
  /** Seconds since this session began. */
  readonly elapsed: number;
  /**
   * Steps per second, with the validations between them, since the end of this session's first call, which
   * compiles; up to there, since the session began.
   */
  readonly rate: number;
  /** Seconds until the last step at that rate. */
  readonly timeLeft: number;
}

export interface FitResult<P extends Tree = Tree> extends Weights<P> {
  /** Steps done. */
  readonly step: number;
  /** With validation: the step whose weights these are, and their validation loss. */
  readonly bestStep?: number;
  readonly bestLoss?: number;
  readonly stopped: "finished" | "patience" | "callback";
  /** One entry per step of this session. */
  readonly history: readonly StepMetrics[];
}
