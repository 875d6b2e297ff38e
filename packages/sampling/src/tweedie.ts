// Tweedie's formula: the mean of the clean sample given the noisy one.
//
//   E[x | x̃] = x̃ + σ²∇log q(x̃),   q = p ∗ N(0, σ²I)
//
// It holds for Gaussian noise only (Robbins 1956; Efron 2011, equation 1.4).
import { add, expandDims, full, mul, square, Tensor } from "@cotangent/autodiff";
import { requireChains, requireFunction, requirePositive, requireShape } from "./preconditions.ts";

/** A score of the noisy data: x [B, d] → [B, d]; a noise-conditional one also takes sigma [B]. */
export type NoisyScore = (x: Tensor, sigma: Tensor) => Tensor;

/**
 * The denoised mean x̃ + σ²s(x̃). noisy: [B, d]; sigma: a number, or [B], in data units; result [B, d].
 *
 * `score` must be that of the *noisy* data at this sigma, as denoising score matching learns it.
 * Throws unless sigma > 0. Source: Efron 2011, equation 1.4.
 */
export function tweedie(score: NoisyScore, noisy: Tensor, sigma: number | Tensor): Tensor {
  const levels = noiseLevels("tweedie", noisy, sigma);
  requireFunction("tweedie", "the score", score);
  const s = requireShape("tweedie", "the score", score(noisy, levels), noisy.shape);
  return add(noisy, mul(expandDims(square(levels), -1), s));
}

/** sigma for each row: [B]. Throws unless a number is > 0, or a tensor [B]. */
export function noiseLevels(operation: string, noisy: Tensor, sigma: number | Tensor): Tensor {
  const [batch] = requireChains(operation, noisy);
  if (sigma instanceof Tensor) return requireShape(operation, "sigma", sigma, [batch]);
  requirePositive(operation, "sigma", sigma, "give the noise's standard deviation in data units");
  return full([batch], sigma, { dtype: noisy.dtype });
}
