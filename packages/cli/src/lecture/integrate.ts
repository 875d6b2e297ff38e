/**
 * Integrals over the line by the tanh-sinh rule: exact to rounding for smooth integrands with kinks at 0.
 *
 *   ∫_0^∞ f(u) du,   u = exp(½π sinh t)   (Takahashi & Mori 1974), and the same for −u
 */

/** ∫ f over (−∞, ∞) of each component of f. f may have a kink at 0. */
export function integrateLine(f: (u: number) => readonly number[], components: number): number[] {
  const sums = Array.from({ length: components }, () => 0);
  const h = 1 / 64;
  for (let k = -300; k <= 300; k++) {
    const t = k * h;
    const u = Math.exp(0.5 * Math.PI * Math.sinh(t));
    const weight = h * u * 0.5 * Math.PI * Math.cosh(t);
    if (!(u > 1e-300 && u < 1e150)) continue;
    for (const side of [u, -u]) {
      f(side).forEach((value, i) => {
        if (value !== 0) sums[i] = (sums[i] ?? 0) + weight * value;
      });
    }
  }
  return sums;
}
