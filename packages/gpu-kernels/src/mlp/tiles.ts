// Batches of any number of rows on a pipeline of a fixed number: whole tiles, and a padded last one.
//
//   rows of outputs are put one after another; sums over the batch are added up, in f64
//
// Padding rows are zeros with weight 0, so they add nothing to any sum. Nothing is compiled again.
import type { Device, Pipeline } from "../device/device.ts";

/** Rows given to a pipeline: [rows, width], flat. */
export interface RowInput {
  readonly values: Float32Array;
  readonly width: number;
}

/**
 * The rows of a tile: `batch`, or as many as the device's largest matrix holds.
 *
 * widest: the most columns of any array of the pipeline; repeat: the rows that one sample makes.
 */
export function tileRows(
  { backend, limits: { elements, side } }: Device,
  operation: string,
  batch: number,
  widest: number,
  repeat = 1,
): number {
  const most = Math.min(Math.floor(elements / (widest * repeat)), Math.floor(side / repeat));
  if (most < 1)
    throw new RangeError(
      `${operation}: expected at most ${elements} elements in one row's arrays on ${backend}, got ${widest * repeat}; make the network narrower`,
    );
  if (widest > side)
    throw new RangeError(
      `${operation}: expected layers of at most ${side} units on ${backend}, got ${widest}; make the network narrower`,
    );
  return Math.min(batch, most);
}

/** Runs every tile. rowOutputs: those that hold a row for each row, with their widths. */
export async function runTiles<Output extends string>(
  pipeline: Pipeline<string, Output>,
  tile: number,
  rows: number,
  fixed: Readonly<Record<string, Float32Array>>,
  rowInputs: Readonly<Record<string, RowInput>>,
  rowOutputs: Readonly<Partial<Record<Output, number>>>,
): Promise<Record<Output, Float32Array | Float64Array>> {
  const combined: Partial<Record<Output, Float64Array>> = {};
  for (let from = 0; from < rows; from += tile) {
    const count = Math.min(tile, rows - from);
    const results = await pipeline.run({ ...fixed, ...tileOf(rowInputs, from, count, tile) });
    if (count === rows) return trimmed(results, rowOutputs, count);
    for (const name of Object.keys(results) as Output[]) {
      const width = rowOutputs[name];
      const size = width === undefined ? results[name].length : rows * width;
      const all = combined[name] ?? new Float64Array(size);
      combined[name] = all;
      if (width !== undefined) all.set(results[name].subarray(0, count * width), from * width);
      else for (const [i, value] of results[name].entries()) all[i] = (all[i] ?? 0) + value;
    }
  }
  return combined as Record<Output, Float32Array | Float64Array>;
}

/** The weight of each row in the mean: 1/rows. */
export const meanWeights = (rows: number): RowInput => ({
  values: new Float32Array(rows).fill(1 / rows),
  width: 1,
});

function tileOf(
  inputs: Readonly<Record<string, RowInput>>,
  from: number,
  count: number,
  tile: number,
): Record<string, Float32Array> {
  const entries = Object.entries(inputs).map(([name, { values, width }]) => {
    const rows = values.subarray(from * width, (from + count) * width);
    if (count === tile) return [name, rows];
    const padded = new Float32Array(tile * width);
    padded.set(rows);
    return [name, padded];
  });
  return Object.fromEntries(entries);
}

function trimmed<Output extends string>(
  results: Record<Output, Float32Array>,
  rowOutputs: Readonly<Partial<Record<Output, number>>>,
  count: number,
): Record<Output, Float32Array> {
  const entries = (Object.keys(results) as Output[]).map((name) => {
    const width = rowOutputs[name];
    return [name, width === undefined ? results[name] : results[name].slice(0, count * width)];
  });
  return Object.fromEntries(entries) as Record<Output, Float32Array>;
}
