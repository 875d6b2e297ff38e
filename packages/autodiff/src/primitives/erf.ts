// The error function in double precision, from two classical expansions without cancellation.
//
//   |x| < 1:  erf x = 2/√π Σₙ (−1)ⁿ x^(2n+1) / (n! (2n+1))                  (Abramowitz & Stegun 7.1.5)
//   |x| ≥ 1:  erf x = 1 − e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))   (ibid. 7.1.14); erfc too

/** e^(−x²) to rounding: h holds 24 bits of x, so h² is exact and the rest is small. */
function gaussian(x: number): number {
  const h = Math.fround(x);
  return Math.exp(-h * h) * Math.exp((h - x) * (h + x));
}

/** The tail e^(−x²)/√π · 1/(x + ½/(x + …)) for x ≥ 1; the fewer steps the farther out. */
function tailOf(x: number): number {
  let fraction = x;
  for (let n = Math.ceil(20 + 160 / (x * x)); n > 0; n--) fraction = x + n / 2 / fraction;
  return gaussian(x) / (Math.sqrt(Math.PI) * fraction);
}

/** Below 1, Horner from the smallest term; above, 1 minus a tail that is small. */
export function erfOf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude >= 1) return Math.sign(x) * (magnitude >= 6 ? 1 : 1 - tailOf(magnitude));
  let sum = 0;
  for (let n = 18; n >= 0; n--) sum = 1 / (2 * n + 1) - ((x * x) / (n + 1)) * sum;
  return (2 / Math.sqrt(Math.PI)) * x * sum;
}

/** 1 − erf x, which keeps its digits far out; from 28 on it is below the least double, and x² may be ∞. */
export const erfcOf = (x: number): number => (x < 1 ? 1 - erfOf(x) : x >= 28 ? 0 : tailOf(x));
