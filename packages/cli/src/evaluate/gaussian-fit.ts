/**
 * The best Gaussian fit of rows, N(μ, Σ), as a score at any noise level:
 *
 *   ∇log q(x) = −(Σ + σ²I)⁻¹ (x − μ),   q = N(μ, Σ) ∗ N(0, σ²I)
 *
 * The yardstick of evaluate: a model that learned means and covariances and nothing else scores the
 * same. Its noise level is one number for a whole batch.
 */

import {
  expandDims,
  matmul,
  mean,
  neg,
  permute,
  sub,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import type { Score } from "@cotangent/losses";
import { failed } from "../failure.ts";

/** A Gaussian's score at the noise level σ (0: of the clean data), as a score without parameters. */
export type GaussianFit = (sigma: number) => Score;

/** Fits rows x: [N, d]. */
export function gaussianFit(x: Tensor): GaussianFit {
  const centre = expandDims(mean(x, 0), 0);
  const centred = sub(x, centre);
  const covariance = matmul(permute(centred), centred).div(x.shape[0] ?? 1);
  return (sigma) => {
    const rows = covariance.toArray() as number[][];
    const blurred = rows.map((row, i) => row.map((c, j) => (i === j ? c + sigma ** 2 : c)));
    const precision = tensor(inverse(blurred));
    return (_, y) => neg(matmul(sub(y, centre), precision));
  };
}

/** The inverse of a positive definite matrix, by Gauss–Jordan elimination. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const left = matrix.map((row) => [...row]);
  const right = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  for (let k = 0; k < size; k += 1) {
    const pivot = left[k]?.[k] ?? 0;
    if (!(pivot > 0)) {
      throw failed(
        "the training rows span fewer dimensions than they have columns, so their Gaussian fit " +
          "has no density; remove columns that others determine",
      );
    }
    for (const rows of [left, right]) rows[k] = (rows[k] ?? []).map((value) => value / pivot);
    for (let i = 0; i < size; i += 1) {
      const factor = left[i]?.[k] ?? 0;
      if (i === k || factor === 0) continue;
      for (const rows of [left, right]) {
        const by = rows[k] ?? [];
        rows[i] = (rows[i] ?? []).map((value, j) => value - factor * (by[j] ?? 0));
      }
    }
  }
  return right;
}
