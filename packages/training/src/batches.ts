/**
 * Batches of an in-memory data set, drawn without replacement: epoch e visits the rows in the order
 *
 *   permutation(foldIn(key, e), N)
 *
 * in batches of B, and leaves out the N mod B last rows. The batch of a step depends on (key, step) only,
 * which is what lets a resumed run continue with the batches it would have seen.
 */
import { random, type Tensor } from "@cotangent/autodiff";
import { takeRows } from "./rows.ts";

export interface Batches {
  /** B, at most N. */
  readonly batchSize: number;
  readonly batchesPerEpoch: number;
  /** The epoch of a step; both count from 0. */
  epochOf(step: number): number;
  /** The rows of a step, [B, …]. */
  batchOf(step: number): Tensor;
}

/** Batches of `batchSize` rows of `data` [N, …] in the order that `key` gives. */
export function shuffledBatches(data: Tensor, batchSize: number, key: Tensor): Batches {
  const rows = data.shape[0] as number;
  const size = Math.min(batchSize, rows);
  const batchesPerEpoch = Math.floor(rows / size);
  const epochOf = (step: number) => Math.floor(step / batchesPerEpoch);
  let current = -1;
  let order: ArrayLike<number> & { slice(from: number, to: number): ArrayLike<number> } = [];
  return {
    batchSize: size,
    batchesPerEpoch,
    epochOf,
    batchOf(step) {
      const epoch = epochOf(step);
      if (epoch !== current) {
        order = Array.from(random.permutation(random.foldIn(key, epoch), rows).data, Number);
        current = epoch;
      }
      const from = (step % batchesPerEpoch) * size;
      return takeRows(data, order.slice(from, from + size));
    },
  };
}
