/**
 * The held-out loss, and the best weights by it.
 * The loss is evaluated in batches with the same draws each time, so that two evaluations differ by the
 * weights only; early stopping counts evaluations that are worse than the best ("patience": Prechelt, Early
 * stopping — but when?, 1998) by more than chance: few held-out rows rise and fall while nothing overfits.
 *
 *   worse:  mean δ > SE(δ),   δ_b = loss_b − best loss_b in batch b,   SE(δ) = std(δ)/√batches
 */
import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import { type AsyncEngine, type Engine, stepsPerCall } from "./engine.ts";
import type { Trainable, Weights } from "./fit-options.ts";
import { takeRows } from "./rows.ts";
import { type Pending, settle } from "./settle.ts";

/** The best weights so far, and how many evaluations ago they were found. */
export interface Best extends Weights {
  readonly step: number;
  /** Of each batch of the held-out rows. */
  readonly losses: readonly number[];
  readonly stale: number;
}

/** Losses of batches, whose mean is that of all rows. */
export function meanLoss(losses: readonly number[]): number {
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/**
 * Weights → the loss of each batch of `batchSize` rows of `data` [M, …]; draws come from `key`.
 *
 * A batch with fewer rows weighs less: its loss is scaled so that the mean over batches is that over rows.
 * An engine that takes several steps a call gets as many batches in one, and the rest one by one.
 */
export function heldOutLosses(
  objective: Trainable,
  data: Tensor,
  batchSize: number,
  key: Tensor,
  engine: Engine | AsyncEngine,
): (params: Tree) => Generator<Pending, readonly number[], unknown> {
  const rows = data.shape[0] as number;
  const evaluate = engine.compile(function heldOutLoss(...args: Tree[]): Tree {
    const [params, some] = args as [Tree, readonly (readonly [Tensor, Tensor])[]];
    return some.map(([x, key]) => objective.mean(params, x, key));
  });
  const batches = Array.from({ length: Math.ceil(rows / batchSize) }, (_, i) => {
    const from = i * batchSize;
    const indices = Array.from({ length: Math.min(batchSize, rows - from) }, (_, j) => from + j);
    return [takeRows(data, indices), random.foldIn(key, i)] as const;
  });
  const whole = Math.floor(rows / batchSize);
  const most = stepsPerCall(engine);
  return function* losses(params) {
    const found: number[] = [];
    while (found.length < batches.length) {
      const count = most <= whole - found.length ? most : 1;
      const some = batches.slice(found.length, found.length + count);
      const answer = (yield* settle<Tree>(evaluate(params, some))) as readonly Tensor[];
      for (const [i, loss] of answer.entries()) {
        const share = ((some[i]?.[0].shape[0] ?? 0) / rows) * batches.length;
        found.push(share * loss.item());
      }
    }
    return found;
  };
}

/** `best` after an evaluation: replaced when the mean is lower, staler when it is worse by more than chance. */
export function updateBest(
  best: Best | undefined,
  losses: readonly number[],
  step: number,
  weights: Weights,
): Best {
  if (best === undefined) return { ...weights, step, losses, stale: 0 };
  const differences = losses.map((loss, b) => loss - (best.losses[b] as number));
  const change = meanLoss(differences);
  if (change < 0) return { ...weights, step, losses, stale: 0 };
  return change >= standardError(differences) ? { ...best, stale: best.stale + 1 } : best;
}

/** Of the mean; 0 for one value, which tells nothing about chance. */
function standardError(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const mean = meanLoss(values);
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return Math.sqrt(variance / n);
}
