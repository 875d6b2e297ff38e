/**
 * The held-out loss, and the best weights by it.
 * The loss is evaluated in batches with the same draws each time, so that two evaluations differ by the
 * weights only; early stopping counts evaluations without a new best ("patience": Prechelt, Early stopping
 * — but when?, 1998).
 */
import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import type { Engine } from "./engine.ts";
import type { Trainable, Weights } from "./fit-options.ts";
import { takeRows } from "./rows.ts";

/** The best weights so far, and how many evaluations ago they were found. */
export interface Best extends Weights {
  readonly step: number;
  readonly loss: number;
  readonly stale: number;
}

/** Weights → mean loss over `data` [M, …], in batches of `batchSize` rows; draws come from `key`. */
export function heldOutLoss(
  objective: Trainable,
  data: Tensor,
  batchSize: number,
  key: Tensor,
  engine: Engine,
): (params: Tree) => number {
  const rows = data.shape[0] as number;
  const evaluate = engine.compile((...args: Tree[]): Tree => {
    const [params, x, key] = args as [Tree, Tensor, Tensor];
    return objective.mean(params, x, key);
  });
  const batches = Array.from({ length: Math.ceil(rows / batchSize) }, (_, i) => {
    const from = i * batchSize;
    const indices = Array.from({ length: Math.min(batchSize, rows - from) }, (_, j) => from + j);
    return { x: takeRows(data, indices), key: random.foldIn(key, i) };
  });
  return (params) => {
    const losses = batches.map(({ x, key }) => {
      const loss = evaluate(params, x, key) as Tensor;
      return ((x.shape[0] as number) / rows) * loss.item();
    });
    return losses.reduce((sum, loss) => sum + loss, 0);
  };
}

/** `best` after an evaluation: replaced when `loss` is lower, else one evaluation older. */
export function updateBest(
  best: Best | undefined,
  loss: number,
  step: number,
  weights: Weights,
): Best {
  if (best !== undefined && !(loss < best.loss)) return { ...best, stale: best.stale + 1 };
  return { ...weights, step, loss, stale: 0 };
}
