// Logistic noise, independent per coordinate: q(δ) = sech²(δ/2r)/(4r).
//
//   g(δ) = −tanh(δ/2r)/r,   E‖g‖² = d/(3r²)
//
// tanh saturates, so g is exact however far out δ lies.
import { div, log, log1p, maximum, mul, neg, random, sub, tanh } from "@cotangent/autodiff";
import { requirePositive } from "../preconditions.ts";
import type { NoiseKernel } from "./kernel.ts";

/**
 * Logistic noise of scale r (standard deviation πr/√3), in data units. Throws unless r > 0.
 *
 * Drawn as r·log(U/(1−U)) (Devroye 1986, section II.2).
 */
export function logistic(r: number): NoiseKernel {
  requirePositive("logistic", "r", r, "give the scale in data units");
  return {
    name: `logistic(${r})`,
    sample(key, shape, options = {}) {
      const dtype = options.dtype ?? "f64";
      // A draw of exactly 0 stands for its cell [0, 2⁻²⁴), or [0, 2⁻⁵³): it is moved to the middle.
      const half = dtype === "f32" ? 2 ** -25 : 2 ** -54;
      const u = maximum(random.uniform(key, shape, { dtype }), half);
      return mul(r, sub(log(u), log1p(neg(u))));
    },
    logDensityGradient: (delta) => neg(div(tanh(div(delta, 2 * r)), r)),
    meanSquaredScore: (d) => d / (3 * r ** 2),
  };
}
