// Sliced score matching: the trace of the Jacobian along random directions.
//
//   mean_m [vᵀJv + ½(v·s)²]        plain,    E[vvᵀ] = I
//   mean_m [vᵀJv] + ½‖s‖²          reduced (E(v·s)² = ‖s‖² in closed form)
//
// Both have the implicit objective as their mean over v (Song, Garg, Shi & Ermon 2019, eqs. 7 and 8).
import {
  add,
  expandDims,
  jvp,
  mean,
  mul,
  reshape,
  square,
  type Tensor,
  type Tree,
  vmap,
} from "@cotangent/autodiff";
import { rowDot, rowSquaredNorm } from "./inner-products.ts";
import { defineObjective, type Objective, requireDirections } from "./objective.ts";
import {
  requireBatch,
  requireCount,
  requireFloat,
  requireFunction,
  requireOptions,
} from "./preconditions.ts";
import type { Projection } from "./projections/projection.ts";
import { rademacher } from "./projections/rademacher.ts";
import { evaluateScore, type Score } from "./score.ts";

/** Options of the projected objectives. */
export interface SlicedOptions {
  /** M, directions per sample (default 1). */
  readonly projections?: number;
  /** Where the directions come from, E[vvᵀ] = I (default Rademacher). */
  readonly distribution?: Projection;
  /** Replace ½(v·s)² by its mean ½‖s‖² (default false). Often, not always, of lower variance. */
  readonly reduced?: boolean;
}

/**
 * Sliced score matching: per sample mean_m [vᵀJv + ½(v·s)²], or mean_m vᵀJv + ½‖s‖² when `reduced`.
 *
 * x: [B, d]; draws { v: [M, B, d] }, a fresh direction per sample and slice; result [B], in
 * 1/(data units)². Costs 3(1 + M) forward passes with the parameter gradient. Throws if
 * M < 1. Source: Song et al. 2019, equations 7 and 8.
 */
export function sliced<P extends Tree>(score: Score<P>, options: SlicedOptions = {}): Objective<P> {
  const given = requireOptions("sliced", options, "{ projections: 1 }", [
    "projections",
    "distribution",
    "reduced",
  ]);
  const { projections = 1, distribution = rademacher, reduced = false } = given;
  const name = reduced ? "sliced-reduced" : "sliced";
  requireCount(name, "projections", projections, "one direction per sample is the usual choice");
  requireFunction(name, "distribution", distribution);
  return defineObjective<P>({
    name,
    draw(key, x) {
      const dtype = requireFloat(name, x);
      return { v: distribution(key, [projections, ...x.shape], { dtype }) };
    },
    perSample(params, x, draws) {
      const v = requireDirections(name, draws, x);
      const [s, sDot] = scoreAlong((z) => evaluateScore(name, score, params, z), x, v);
      const curvature = mean(rowDot(v, sDot), 0);
      const norm = reduced ? rowSquaredNorm(s) : mean(square(rowDot(v, s)), 0);
      return add(curvature, mul(0.5, norm));
    },
  });
}

/** s(x): [B, d], and Jv for every direction: v, Jv: [M, B, d]. One primal pass, M tangents. */
export function scoreAlong(
  s: (x: Tensor) => Tensor,
  x: Tensor,
  v: Tensor,
): readonly [Tensor, Tensor] {
  const [batch, d] = requireBatch("sliced", x);
  const along = (direction: Tensor): readonly [Tensor, Tensor] => jvp(s, [x], [direction]);
  if (v.shape[0] === 1) {
    const [value, sDot] = along(reshape(v, [batch, d]));
    return [value, expandDims(sDot, 0)];
  }
  return vmap(along, 0, [null, 0])(v);
}
