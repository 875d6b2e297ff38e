// Scores: the vector fields that objectives train.
//
//   s(params, x)_b ≈ ∇ log p(x_b),   x: [B, d] → [B, d], row b depends on row b alone
//
// Any function of that type is a score; `mlp`, `conditionalMlp` and `scoreOf` make some.
import { full, type Tensor, type Tree } from "@cotangent/autodiff";
import { requireBatch, requireFunction, requirePositive, requireShape } from "./preconditions.ts";

/**
 * A score model: s(params, x), x: [B, d] → [B, d]; noise-conditional ones also take sigma: [B], in data units.
 *
 * It may carry an exact trace of the per-sample Jacobian, cheaper than d tangents. Row b of the
 * result must depend on row b of x alone (`checkRowsIndependent`).
 */
export interface Score<P extends Tree = Tree> {
  (params: P, x: Tensor, sigma?: Tensor): Tensor;
  /** tr ∂s/∂x per sample. x: [B, d] → [B]. */
  readonly jacobianTrace?: (params: P, x: Tensor, sigma?: Tensor) => Tensor;
  /** The score and its trace, [[B, d], [B]], sharing the forward pass. */
  readonly scoreAndTrace?: (params: P, x: Tensor, sigma?: Tensor) => readonly [Tensor, Tensor];
}

/** A score that knows the trace of its own Jacobian. */
export type TracedScore<P extends Tree = Tree> = Score<P> & Required<Score<P>>;

/** s(params, x), checked to have the shape of x. */
export function evaluateScore<P extends Tree>(
  operation: string,
  score: Score<P>,
  params: P,
  x: Tensor,
  sigma?: Tensor,
): Tensor {
  requireFunction(operation, "the score", score);
  const s = sigma === undefined ? score(params, x) : score(params, x, sigma);
  const remedy =
    "a score returns one vector per sample, shaped as its input (for a log density, use scoreOf)";
  return requireShape(operation, "the score", s, x.shape, remedy);
}

/**
 * Fixes the noise level of a noise-conditional score: s_σ(params, x) = s(params, x, σ).
 *
 * sigma in data units. The result carries the exact trace if `score` does. Throws unless sigma > 0.
 */
export function atNoiseLevel<P extends Tree>(score: Score<P>, sigma: number): Score<P> {
  requirePositive("atNoiseLevel", "sigma", sigma, "give the noise's standard deviation");
  const level = (x: Tensor) => {
    const [batch] = requireBatch("atNoiseLevel", x);
    return full([batch], sigma, { dtype: x.dtype });
  };
  const { jacobianTrace, scoreAndTrace } = score;
  return Object.assign((params: P, x: Tensor) => score(params, x, level(x)), {
    ...(jacobianTrace && {
      jacobianTrace: (params: P, x: Tensor) => jacobianTrace(params, x, level(x)),
    }),
    ...(scoreAndTrace && {
      scoreAndTrace: (params: P, x: Tensor) => scoreAndTrace(params, x, level(x)),
    }),
  });
}
