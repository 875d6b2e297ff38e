// What the kernels of reductions, values and seeds mean, in f64.
import type { References } from "./types.ts";
import { at, matrix, sum } from "./values.ts";

export const losses: Pick<
  References,
  | "weightedSum"
  | "rowProducts"
  | "denoisingValue"
  | "denoisingSeed"
  | "slicedValue"
  | "slicedSeed"
  | "weightRows"
  | "tracedValue"
> = {
  weightedSum: ({ batch }, { w, v }) =>
    Float64Array.of(sum(batch, (b) => (w[b] ?? 0) * (v[b] ?? 0))),
  rowProducts: ({ batch, width }, { p, q }) =>
    matrix(batch, 1, (b) => sum(width, (j) => at(p, width, b, j) * at(q, width, b, j))),
  denoisingValue: ({ batch, width }, { s, g }) =>
    matrix(
      batch,
      1,
      (b) => 0.5 * sum(width, (j) => (at(s, width, b, j) - at(g, width, b, j)) ** 2),
    ),
  denoisingSeed: ({ batch, width }, { s, g, w }) =>
    matrix(batch, width, (b, j) => (w[b] ?? 0) * (at(s, width, b, j) - at(g, width, b, j))),
  slicedValue: ({ batch }, { trace, c }) =>
    matrix(batch, 1, (b) => (trace[b] ?? 0) + 0.5 * (c[b] ?? 0) ** 2),
  slicedSeed: ({ batch, width }, { v, c, w }) =>
    matrix(batch, width, (b, j) => (w[b] ?? 0) * (c[b] ?? 0) * at(v, width, b, j)),
  weightRows: ({ batch, width }, { z, w }) =>
    matrix(batch, width, (b, j) => (w[b] ?? 0) * at(z, width, b, j)),
  tracedValue: ({ batch, width }, { trace, s }) =>
    matrix(batch, 1, (b) => (trace[b] ?? 0) + 0.5 * sum(width, (j) => at(s, width, b, j) ** 2)),
};
