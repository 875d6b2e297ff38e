/**
 * Values so far from the rest of their column that they are likely damaged: a lost decimal point
 * (1.00369 → 100369), a unit mistaken. One such value decides a column's mean and standard deviation, so
 * that standardising squeezes all others together.
 *
 *   outlier: |x − median| > 100 (upper quartile − lower quartile)
 *
 * Heavy tails of real measurements stay well within (a normal column: 100 quartile ranges = 135σ).
 */
import type { Tensor } from "@cotangent/autodiff";

/** One suspicious value; `row` and `column` count from 0. */
export interface Outlier {
  readonly row: number;
  readonly column: number;
  readonly value: number;
  readonly median: number;
}

const range = 100;

/** The suspicious values of `data` [N, d], column by column; a column more than half of which is one value has none. */
export function outliers(data: Tensor): readonly Outlier[] {
  const [n = 0, d = 0] = data.shape;
  return Array.from({ length: d }, (_, column) => {
    const values = Float64Array.from({ length: n }, (_, i) => data.data[i * d + column] as number);
    const sorted = values.toSorted();
    const quantile = (q: number) => sorted[Math.round(q * (n - 1))] as number;
    const median = quantile(0.5);
    const spread = quantile(0.75) - quantile(0.25);
    const far = [...values.keys()].filter(
      (row) => spread > 0 && Math.abs((values[row] as number) - median) > range * spread,
    );
    return far.map((row): Outlier => ({ row, column, value: values[row] as number, median }));
  }).flat();
}

/**
 * A sentence to show for each column with outliers, or none.
 *
 * `columns`: names; `lines`: the line of each row in its file, when it came from one.
 */
export function outlierWarnings(
  found: readonly Outlier[],
  columns: readonly string[],
  lines?: readonly number[],
): readonly string[] {
  return [...new Set(found.map(({ column }) => column))].map((column) => {
    const cells = found.filter((cell) => cell.column === column);
    const where = cells.slice(0, 3).map(({ row, value }) => {
      const place = lines === undefined ? `row ${row + 1}` : `line ${lines[row]}`;
      return `${value} (${place})`;
    });
    if (cells.length > 3) where.push(`${cells.length - 3} more`);
    return (
      `${columns[column] ?? `column ${column + 1}`}: ${where.join(", ")}: far from the column's median, ` +
      `${cells[0]?.median}: damaged? One such value decides the column's mean and scale; correct or drop these rows`
    );
  });
}
