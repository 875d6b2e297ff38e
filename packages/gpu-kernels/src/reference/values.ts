// Flat row-major arrays of f64, and sums over them.

export type Values = ArrayLike<number>;

/** The element of a matrix with `columns` columns. */
export const at = (values: Values, columns: number, row: number, column: number): number =>
  values[row * columns + column] ?? 0;

/** f(0), …, f(n − 1). */
export const vector = (n: number, f: (i: number) => number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => f(i));

/** f(row, column), row by row. */
export const matrix = (
  rows: number,
  columns: number,
  f: (row: number, column: number) => number,
): Float64Array => vector(rows * columns, (i) => f(Math.floor(i / columns), i % columns));

/** Σ_{i < count} term(i). */
export function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}
