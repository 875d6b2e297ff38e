// Explicit score matching: the Fisher divergence itself.
//
//   ½‖s(x) − ∇log p(x)‖²
//
// It needs the true score, so it evaluates models and does not train them (Hyvärinen 2005, eq. 2).
import { mul, sub, type Tensor, type Tree } from "@cotangent/autodiff";
import { rowSquaredNorm } from "./inner-products.ts";
import { defineObjective, type Objective } from "./objective.ts";
import { requireFunction, requireShape } from "./preconditions.ts";
import { evaluateScore, type Score } from "./score.ts";

/**
 * The Fisher divergence to a known score: per sample ½‖s(x) − trueScore(x)‖², [B], in 1/(data units)².
 *
 * trueScore: x [B, d] → [B, d]. No draws. Source: Hyvärinen 2005, equation 2.
 */
export function explicit<P extends Tree>(
  score: Score<P>,
  trueScore: (x: Tensor) => Tensor,
): Objective<P> {
  requireFunction("explicit", "the true score", trueScore);
  return defineObjective<P>({
    name: "explicit",
    draw: () => ({}),
    perSample(params, x) {
      const truth = trueScore(x);
      requireShape("explicit", "the true score", truth, x.shape, "return one vector per sample");
      const s = evaluateScore("explicit", score, params, x);
      return mul(0.5, rowSquaredNorm(sub(s, truth)));
    },
  });
}
