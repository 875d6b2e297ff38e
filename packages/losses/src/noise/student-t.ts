// Student-t noise, independent per coordinate: q(δ) ∝ (1 + δ²/(νr²))^(−(ν+1)/2).
//
//   g(δ) = −(ν+1)δ/(νr² + δ²),   E‖g‖² = d(ν+1)/((ν+3)r²)
//
// Heavy tails: for ν ≤ 2 the noise has no variance, yet g is bounded.
import {
  abs,
  add,
  cos,
  div,
  exp,
  expm1,
  greater,
  log1p,
  mul,
  neg,
  random,
  sqrt,
  square,
  type Tensor,
  where,
} from "@cotangent/autodiff";
import { requirePositive } from "../preconditions.ts";
import type { NoiseKernel } from "./kernel.ts";

/**
 * Student-t noise with ν degrees of freedom and scale r, in data units.
 *
 * Drawn by the polar method without rejection: δ = r √(ν(U^(−2/ν) − 1)) cos 2πV (Bailey 1994,
 * theorem 1). Throws unless ν > 0 and r > 0.
 */
export function studentT(nu: number, r: number): NoiseKernel {
  requirePositive("studentT", "nu", nu, "give the degrees of freedom, such as 3");
  requirePositive("studentT", "r", r, "give the scale in data units");
  return {
    name: `studentT(${nu}, ${r})`,
    sample(key, shape, options = {}) {
      const dtype = options.dtype ?? "f64";
      const u = random.uniform(random.foldIn(key, 0), shape, { dtype });
      const v = random.uniform(random.foldIn(key, 1), shape, { dtype });
      // U^(−2/ν) − 1 = e^y − 1 with y = −(2/ν) log U; its root as e^(y/2) √(1 − e^(−y)), which
      // overflows only where δ itself does. U is taken in (0, 1].
      const y = mul(-2 / nu, log1p(neg(u)));
      const radius = mul(exp(mul(0.5, y)), sqrt(neg(expm1(neg(y)))));
      return mul(mul(r * Math.sqrt(nu), radius), cos(mul(2 * Math.PI, v)));
    },
    logDensityGradient: (delta) => mul(-(nu + 1) / r, ratio(div(delta, r), nu)),
    meanSquaredScore: (d) => (d * (nu + 1)) / ((nu + 3) * r ** 2),
  };
}

/** u/(ν + u²), written as 1/(ν/u + u) for large u, where u² would overflow. */
function ratio(u: Tensor, nu: number): Tensor {
  const large = greater(abs(u), 1);
  const outer = where(large, u, 1);
  const inner = where(large, 0, u);
  return where(large, div(1, add(div(nu, outer), outer)), div(inner, add(nu, square(inner))));
}
