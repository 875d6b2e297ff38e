/** Means, standard deviations and correlations of samples beside those of the data. */

import type { Tensor } from "@cotangent/autodiff";

/** Moments of rows [N, d]. */
export interface Moments {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** E(x − mean)⁴/std⁴: 3 for a normal distribution, in the hundreds where a few rows decide the std. */
  readonly kurtosis: readonly number[];
  readonly correlation: readonly (readonly number[])[];
}

/** How far samples are from the data, column by column and over all pairs of columns. */
export interface Agreement {
  /** (sample mean − data mean) / data std. */
  readonly meanShift: readonly number[];
  /** sample std / data std. */
  readonly stdRatio: readonly number[];
  /** The standard error that stdRatio would have if the samples were rows of the data, drawn at random. */
  readonly stdRatioError: readonly number[];
  /** Mean |difference| of the correlations of two different columns; null for one column. */
  readonly correlationError: number | null;
}

/** The moments of rows x: [N, d], N ≥ 2. */
export function momentsOf(x: Tensor): Moments {
  const [rows = 0, width = 0] = x.shape;
  const at = (i: number, j: number): number => Number(x.data[i * width + j]);
  const columns = Array.from({ length: width }, (_, j) => j);
  const over = (f: (i: number) => number): number => {
    let total = 0;
    for (let i = 0; i < rows; i += 1) total += f(i);
    return total / rows;
  };
  const mean = columns.map((j) => over((i) => at(i, j)));
  const covariance = columns.map((j) =>
    columns.map((k) => over((i) => (at(i, j) - (mean[j] ?? 0)) * (at(i, k) - (mean[k] ?? 0)))),
  );
  const std = columns.map((j) => Math.sqrt(covariance[j]?.[j] ?? 0));
  const correlation = columns.map((j) =>
    columns.map((k) => (covariance[j]?.[k] ?? 0) / ((std[j] ?? 0) * (std[k] ?? 0))),
  );
  const kurtosis = columns.map((j) =>
    over((i) => ((at(i, j) - (mean[j] ?? 0)) / (std[j] ?? 0)) ** 4),
  );
  return { mean, std, kurtosis, correlation };
}

/** Compares `count` samples with data. By the delta method, std's relative error is √((κ − 1)/4 count). */
export function agreement(samples: Moments, data: Moments, count: number): Agreement {
  const columns = data.mean.map((_, j) => j);
  const pairs = columns.flatMap((j) => columns.slice(j + 1).map((k) => [j, k] as const));
  const differences = pairs.map(([j, k]) =>
    Math.abs((samples.correlation[j]?.[k] ?? 0) - (data.correlation[j]?.[k] ?? 0)),
  );
  const total = differences.reduce((a, b) => a + b, 0);
  return {
    meanShift: columns.map(
      (j) => ((samples.mean[j] ?? 0) - (data.mean[j] ?? 0)) / (data.std[j] ?? 1),
    ),
    stdRatio: columns.map((j) => (samples.std[j] ?? 0) / (data.std[j] ?? 1)),
    stdRatioError: data.kurtosis.map((kurtosis) => Math.sqrt((kurtosis - 1) / (4 * count))),
    correlationError: pairs.length === 0 ? null : total / pairs.length,
  };
}
