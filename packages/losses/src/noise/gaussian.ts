// Gaussian noise of one level: δ = σε, ε ~ N(0, I).
//
//   g(δ) = −δ/σ²,   E‖g‖² = d/σ²
import { div, mul, neg, random } from "@cotangent/autodiff";
import { requirePositive } from "../preconditions.ts";
import type { NoiseKernel } from "./kernel.ts";

/**
 * Isotropic Gaussian noise N(0, σ²I); sigma in data units.
 *
 * Throws unless sigma > 0. Source: Vincent 2011, section 4.1.
 */
export function gaussian(sigma: number): NoiseKernel {
  requirePositive("gaussian", "sigma", sigma, "give the noise's standard deviation in data units");
  return {
    name: `gaussian(${sigma})`,
    sample: (key, shape, options = {}) =>
      mul(sigma, random.normal(key, shape, { dtype: options.dtype ?? "f64" })),
    // Divided twice, so that σ² cannot underflow.
    logDensityGradient: (delta) => neg(div(div(delta, sigma), sigma)),
    meanSquaredScore: (d) => d / sigma ** 2,
  };
}
