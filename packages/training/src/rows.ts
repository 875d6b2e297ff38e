/**
 * Rows of an in-memory data set: taken by index, and split into training and validation rows.
 * A row is a slice along axis 0; data: [N, …].
 */
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { rowKeys } from "./duplicates.ts";

/** The rows of `data` [N, …] at `indices`, in that order: [indices.length, …]. */
export function takeRows(data: Tensor, indices: ArrayLike<number>): Tensor {
  const [n = 0, ...rest] = data.shape;
  const width = n === 0 ? 0 : data.size / n;
  const taken = data.data.slice(0, 0).constructor as new (size: number) => typeof data.data;
  const rows = new taken(indices.length * width);
  for (let i = 0; i < indices.length; i += 1) {
    const from = (indices[i] as number) * width;
    rows.set(data.data.subarray(from, from + width), i * width);
  }
  return tensor(rows, { shape: [indices.length, ...rest], dtype: data.dtype });
}

/** Training and validation rows. */
export interface Split {
  readonly train: Tensor;
  readonly validation: Tensor;
}

/**
 * Splits rows at random: about `fraction` of them for validation.
 *
 * Equal rows stay on one side, so that no validation row can have been memorised. Both sides get at least
 * one row. Throws when `fraction` is not between 0 and 1 or there are fewer than two different rows.
 */
export function splitRows(key: Tensor, data: Tensor, fraction: number): Split {
  if (!(fraction > 0 && fraction < 1)) {
    throw new Error(`splitRows: expected a fraction between 0 and 1, got ${fraction}`);
  }
  const groups = new Map<string, number[]>();
  rowKeys(data).forEach((row, i) => {
    const group = groups.get(row);
    if (group === undefined) groups.set(row, [i]);
    else group.push(i);
  });
  const all = [...groups.values()];
  if (all.length < 2) {
    throw new Error(
      `splitRows: expected at least 2 different rows, got ${all.length}; nothing can be held out`,
    );
  }
  const target = fraction * (data.shape[0] as number);
  const validation: number[][] = [];
  const train: number[][] = [];
  let held = 0;
  for (const k of random.permutation(key, all.length).data) {
    const group = all[Number(k)] as number[];
    const fits = held + group.length <= target;
    (fits ? validation : train).push(group);
    if (fits) held += group.length;
  }
  if (validation.length === 0) validation.push(...train.splice(-1));
  if (train.length === 0) train.push(...validation.splice(-1));
  const rising = (a: number, b: number) => a - b;
  return {
    train: takeRows(data, train.flat().sort(rising)),
    validation: takeRows(data, validation.flat().sort(rising)),
  };
}
