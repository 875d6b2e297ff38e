/** The standard normal distribution function Φ and its inverse, on plain numbers. */
import { erf } from "@cotangent/autodiff";

/** Φ(z) = ½(1 + erf(z/√2)). */
export function normalDistribution(z: number): number {
  return 0.5 * (1 + erf(z * Math.SQRT1_2).item());
}

/** Φ⁻¹(p) for p in (0, 1), by Newton steps from a logistic first guess: Φ′ is the normal density. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) {
    throw new Error(`normalQuantile: expected a probability between 0 and 1, got ${p}`);
  }
  let z = Math.log(p / (1 - p)) / 1.702;
  for (let step = 0; step < 60; step++) {
    const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
    const change = (normalDistribution(z) - p) / density;
    z -= Math.max(-1, Math.min(1, change));
    if (Math.abs(change) < 1e-13) break;
  }
  return z;
}
