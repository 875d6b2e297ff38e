// Energy models: a scalar network whose x-gradient is the score.
//
//   s(params, x) = ∇_x log p(x; params) = −∇_x E(x; params)
//
// Mind the sign: what is passed is log p (up to a constant), not the energy E = −log p.
import type { Tensor, Tree } from "@cotangent/autodiff";
import { logDensityGradient } from "./log-density.ts";
import { requireFunction } from "./preconditions.ts";
import type { Score } from "./score.ts";

/**
 * The score of a log-density model: s(params, x) = +∇_x log p(x; params), x: [B, d] → [B, d].
 *
 * `logDensity(params, x, sigma?)` returns [B], one number a row, or is a function of one sample,
 * [d] → []. The normalising constant drops out. Being a gradient itself, this score costs about
 * twice a direct one in every objective. Source: Hyvärinen 2005, section 2.
 */
export function scoreOf<P extends Tree = Tree>(
  logDensity: (params: P, x: Tensor, sigma?: Tensor) => Tensor,
): Score<P> {
  requireFunction("scoreOf", "the log density", logDensity);
  return function energyScore(params, x, sigma) {
    const atParams = (z: Tensor) =>
      sigma === undefined ? logDensity(params, z) : logDensity(params, z, sigma);
    return logDensityGradient("scoreOf", atParams, x);
  };
}
