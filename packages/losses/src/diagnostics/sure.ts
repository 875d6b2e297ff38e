// Stein's unbiased risk estimate of the denoiser x̃ + σ²s(x̃), from noisy data alone.
//
//   E‖x̃ + σ²s(x̃) − x‖² = E[dσ² + 2σ⁴(tr J + ½‖s‖²)]
//
// Source: Stein 1981, theorem 1; its link to score matching: Raphan & Simoncelli 2011.
import type { Tensor, Tree } from "@cotangent/autodiff";
import { implicit } from "../implicit.ts";
import { requireBatch, requirePositive } from "../preconditions.ts";
import type { Score } from "../score.ts";

/** What `sure` found, in (data units)². */
export interface RiskEstimate {
  /** The estimate of E‖x̃ + σ²s(x̃) − x‖², and its standard error over the rows. */
  readonly risk: number;
  readonly standardError: number;
  /** dσ², the risk of leaving x̃ as it is. */
  readonly doingNothing: number;
}

/**
 * The risk of denoising rows with a score, without the clean rows. noisy: [B, d], data that carry
 * N(0, σ²I) noise; sigma in data units.
 *
 * Conclude: above `doingNothing` the denoiser harms. Of several models on the same noisy rows the one with
 * the lowest risk is the best denoiser, and the best score of the noisy density: it is the implicit
 * objective in other units. It is unbiased for rows that the model was not fitted to.
 * Throws unless sigma > 0 and there are 2 rows.
 */
export function sure<P extends Tree>(
  score: Score<P>,
  params: P,
  noisy: Tensor,
  sigma: number,
): RiskEstimate {
  requirePositive("sure", "sigma", sigma, "give the noise's standard deviation in data units");
  const [batch, d] = requireBatch("sure", noisy);
  if (batch < 2) throw new RangeError(`sure: expected at least 2 rows, got ${batch}; give more`);
  const values = implicit(score)
    .perSample(params, noisy, {})
    .mul(2 * sigma ** 4)
    .add(d * sigma ** 2);
  const variance = values.variance().item() / (batch - 1);
  return {
    risk: values.mean().item(),
    standardError: Math.sqrt(variance),
    doingNothing: d * sigma ** 2,
  };
}
