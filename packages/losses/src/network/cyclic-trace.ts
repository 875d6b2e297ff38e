// The trace of a product of many layers: cyclic, so it may be cut at any width.
//
//   tr W_1 D_1 W_2 ⋯ D_{L−1} W_L = tr D_k W_{k+1} D_{k+1} ⋯ W_L W_1 D_1 ⋯ W_k       for every k
//
// Cutting at width n pushes n tangents per sample through the cycle. W_L W_1 may be multiplied out
// once for all samples, which takes the width d out of the cycle. Each way's cost is plain
// arithmetic on the widths; the cheapest runs.
import {
  broadcastTo,
  expandDims,
  matmul,
  mul,
  permute,
  sum,
  type Tensor,
} from "@cotangent/autodiff";
import { rowDot } from "../inner-products.ts";

/** A cycle of widths: link l leads from widths[l] to the next; the last leads back to the first. */
export interface CyclePlan {
  /** Multiply W_L W_1 out first. */
  readonly merge: boolean;
  /** The link at which the cycle is cut, counted in the cycle that `merge` leaves. */
  readonly cut: number;
  /** Multiplications and additions in matrix products, for the batch. */
  readonly cost: number;
}

/** The cheapest way round the cycle. sizes: [d, n_1, …, n_{L−1}, d], at least four links. */
export function planCycle(sizes: readonly number[], batch: number): CyclePlan {
  const [d = 0, first = 0] = sizes;
  const last = sizes.at(-2) ?? 0;
  const candidates = [false, true].flatMap((merge) => {
    const widths = merge ? sizes.slice(1, -1) : sizes.slice(0, -1);
    const once = merge ? 2 * last * d * first : 0;
    return widths.map((_, cut) => ({
      merge,
      cut,
      cost: once + batch * costPerSample(widths, cut),
    }));
  });
  return candidates.reduce((best, plan) => (plan.cost < best.cost ? plan : best));
}

/** The first link is a scaling and the last an elementwise contraction: the links between multiply. */
function costPerSample(widths: readonly number[], cut: number): number {
  const width = (l: number): number => widths[(cut + l) % widths.length] ?? 0;
  const rows = width(0);
  let cost = 2 * rows * width(-1 + widths.length);
  for (let l = 1; l <= widths.length - 2; l++) cost += 2 * rows * width(l) * width(l + 1);
  return cost;
}

/** tr J per sample for any depth. weights: W_l [in, out]; slopes: [B, n_l]; result [B]. */
export function cyclicTrace(
  weights: readonly Tensor[],
  slopes: readonly Tensor[],
  batch: number,
): Tensor {
  const first = at(weights, 0);
  const last = at(weights, weights.length - 1);
  const sizes = [...weights.map((w) => w.shape[0] ?? 0), last.shape[1] ?? 0];
  const { merge, cut } = planCycle(sizes, batch);
  // Link l is a matrix followed by a diagonal; the last diagonal is 1 where the cut is at the input.
  const matrices = merge ? [...weights.slice(1, -1), matmul(last, first)] : weights;
  const diagonals: readonly (Tensor | null)[] = merge
    ? [...slopes.slice(1), at(slopes, 0)]
    : [...slopes, null];
  const order = matrices.map((_, l) => (cut + l) % matrices.length);
  const matrix = (l: number): Tensor => at(matrices, at(order, l));
  const diagonal = (l: number): Tensor | null => diagonals[at(order, l)] ?? null;

  // T: [B, rows, columns], from rows = the cut's width to columns = the width reached so far.
  let tangents = scaleColumns(expandDims(matrix(0), 0), diagonal(0));
  for (let l = 1; l < matrices.length - 1; l++)
    tangents = scaleColumns(matmul(tangents, matrix(l)), diagonal(l));
  // Σ_i E_i Σ_j T_ij A_ji, A the last matrix and E the diagonal that closes the cycle.
  const closing = rowDot(tangents, permute(matrix(matrices.length - 1)));
  const end = diagonal(matrices.length - 1);
  const perSample = end === null ? sum(closing, -1) : rowDot(closing, end);
  return broadcastTo(perSample, [batch]);
}

/** T with column j scaled by the diagonal's entry j: [B or 1, m, n] ∘ [B, 1, n]. */
function scaleColumns(tangents: Tensor, diagonal: Tensor | null): Tensor {
  return diagonal === null ? tangents : mul(tangents, expandDims(diagonal, 1));
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined)
    throw new RangeError(`cyclicTrace: expected an entry ${index}, got ${list.length} entries`);
  return value;
}
