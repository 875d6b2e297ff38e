// Laplace noise, independent per coordinate: q(δ) = exp(−|δ|/b)/(2b).
//
//   g(δ) = −sign(δ)/b,   E‖g‖² = d/b²
//
// Drawn as the difference of two exponentials, which is finite for every draw.
import { div, log1p, mul, neg, random, sign, sub, type Tensor } from "@cotangent/autodiff";
import { requirePositive } from "../preconditions.ts";
import type { NoiseKernel } from "./kernel.ts";

/**
 * Laplace noise of scale b (standard deviation b√2), in data units. Throws unless b > 0.
 *
 * Source: Kotz, Kozubowski & Podgórski 2001, section 2.2, for the representation by exponentials.
 */
export function laplace(b: number): NoiseKernel {
  requirePositive("laplace", "b", b, "give the scale in data units");
  return {
    name: `laplace(${b})`,
    sample(key, shape, options = {}) {
      const dtype = options.dtype ?? "f64";
      // −log(1 − U) ~ Exp(1); 1 − U is never 0.
      const exponential = (k: Tensor): Tensor =>
        neg(log1p(neg(random.uniform(k, shape, { dtype }))));
      return mul(b, sub(exponential(random.foldIn(key, 0)), exponential(random.foldIn(key, 1))));
    },
    logDensityGradient: (delta) => neg(div(sign(delta), b)),
    meanSquaredScore: (d) => d / b ** 2,
  };
}
