// Detects scores whose rows depend on each other, such as one with batch normalisation.
//
//   ∂s_b/∂x_c = 0 for b ≠ c
//
// Objectives take one tangent for the whole batch and read per-sample Jacobians from it; a score that
// mixes rows makes them silently wrong.
import { add, concat, mul, random, slice, type Tensor, type Tree } from "@cotangent/autodiff";
import { requireBatch, requireFloat, requireOptions } from "./preconditions.ts";
import { evaluateScore, type Score } from "./score.ts";

/** What `checkRowsIndependent` found. */
export interface RowIndependence {
  readonly independent: boolean;
  /** How much the kept rows' scores changed, relative to their largest entry. */
  readonly change: number;
  /** A sentence to show, when the rows are not independent. */
  readonly warning?: string;
}

/** Options of `checkRowsIndependent`. */
export interface RowIndependenceOptions {
  /** Levels of a noise-conditional score, [B]. */
  readonly sigma?: Tensor;
  /** Largest relative change that counts as rounding (default 1e-5, enough for f32). */
  readonly tolerance?: number;
}

/**
 * Checks that row b of a score depends on row b of x alone: two evaluations on concrete numbers.
 *
 * The second half of the batch is replaced by other rows; the first half's scores must not change.
 * Call it once, on the first batch, before training with implicit, sliced or finite-difference
 * objectives, and show `warning`. x: [B, d]; with one row there is nothing to check.
 */
export function checkRowsIndependent<P extends Tree>(
  score: Score<P>,
  params: P,
  x: Tensor,
  options: RowIndependenceOptions = {},
): RowIndependence {
  const operation = "checkRowsIndependent";
  const given = requireOptions(operation, options, "{ tolerance: 1e-5 }", ["sigma", "tolerance"]);
  const { sigma, tolerance = 1e-5 } = given;
  const [batch, d] = requireBatch(operation, x);
  const kept = Math.ceil(batch / 2);
  if (batch === 1) return { independent: true, change: 0 };
  const noise = random.normal(random.key(0), [batch - kept, d], {
    dtype: requireFloat(operation, x),
  });
  const others = add(mul(-1.5, slice(x, [kept, 0], [batch, d])), add(noise, 0.5));
  const changed = concat([slice(x, [0, 0], [kept, d]), others], 0);
  const before = evaluateScore(operation, score, params, x, sigma).data.subarray(0, kept * d);
  const after = evaluateScore(operation, score, params, changed, sigma).data.subarray(0, kept * d);

  let scale = 0;
  let difference = 0;
  before.forEach((value, i) => {
    scale = Math.max(scale, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - (after[i] ?? Number.NaN)));
  });
  if (!Number.isFinite(difference))
    throw new RangeError(
      `${operation}: expected finite scores, got ${difference} on a batch ${x.dtype}[${batch}, ${d}]; check the data for NaN and the parameters for overflow`,
    );
  const change = difference === 0 ? 0 : difference / scale;
  if (change <= tolerance) return { independent: true, change };
  return {
    independent: false,
    change,
    warning:
      `The score of a row changes by ${(100 * change).toPrecision(2)}% when other rows of the batch change: ` +
      "its rows depend on each other, as under batch normalisation. Implicit, sliced and finite-difference objectives " +
      "need per-sample Jacobians and are wrong for it; normalise within a row (layer normalisation) or with fixed statistics.",
  };
}
