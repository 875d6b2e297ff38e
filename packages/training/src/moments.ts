/**
 * Means, standard deviations and correlations of a data set's columns, in two passes over plain arrays
 * (the one-pass formula cancels when the mean is large against the spread).
 * Divided by N, so that standardised data has variance exactly 1. Called by standardiser.ts.
 */
import type { Tensor } from "@cotangent/autodiff";

/**
 * Column means and standard deviations of `data` [N, d].
 *
 * Throws, naming the column, when it is constant or holds a value that is not finite, and for N < 2.
 */
export function columnMoments(
  data: Tensor,
  columns: readonly string[],
): { readonly mean: readonly number[]; readonly std: readonly number[] } {
  const [n = 0, d = 0] = data.shape;
  if (data.shape.length !== 2 || n < 2 || d < 1) {
    throw new Error(
      `Standardiser.fit: expected data [rows, columns] with at least 2 rows, got [${data.shape}]`,
    );
  }
  if (columns.length !== d) {
    throw new Error(`Standardiser.fit: expected ${d} column names, got ${columns.length}`);
  }
  const mean = columns.map((name, j) => {
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += data.data[i * d + j] as number;
    if (Number.isFinite(sum)) return sum / n;
    throw new Error(
      `Standardiser.fit: ${name}: expected finite values, got NaN, infinite or overflowing ones`,
    );
  });
  const std = columns.map((name, j) => {
    let sum = 0;
    for (let i = 0; i < n; i += 1)
      sum += ((data.data[i * d + j] as number) - (mean[j] as number)) ** 2;
    const s = Math.sqrt(sum / n);
    // A constant column's mean can be off by rounding, which would leave a spread of a few ulp.
    if (s > 8 * Number.EPSILON * Math.abs(mean[j] as number)) return s;
    throw new Error(
      `Standardiser.fit: ${name}: expected values that vary, got ${data.data[j]} in every row; remove the column`,
    );
  });
  return { mean, std };
}

/** C_ij = mean over rows of z_i z_j with z = (x − mean)/std: the correlation matrix [d, d]. */
export function correlation(
  data: Tensor,
  mean: readonly number[],
  std: readonly number[],
): readonly (readonly number[])[] {
  const d = mean.length;
  const n = data.size / d;
  const sums = mean.map(() => new Float64Array(d));
  const z = new Float64Array(d);
  for (let r = 0; r < n; r += 1) {
    for (let j = 0; j < d; j += 1) {
      z[j] = ((data.data[r * d + j] as number) - (mean[j] as number)) / (std[j] as number);
    }
    for (let i = 0; i < d; i += 1) {
      const row = sums[i] as Float64Array;
      for (let j = 0; j <= i; j += 1)
        row[j] = (row[j] as number) + (z[i] as number) * (z[j] as number);
    }
  }
  return sums.map((_, i) =>
    sums.map((_, j) => ((sums[Math.max(i, j)] as Float64Array)[Math.min(i, j)] as number) / n),
  );
}
