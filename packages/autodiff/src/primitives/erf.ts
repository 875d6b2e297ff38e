// The error function in double precision, from two classical expansions without cancellation.
//
//   |x| < 2:  erf x = 2/√π e^(−x²) x Σₙ (2x²)ⁿ / (1·3·5···(2n+1))           (Abramowitz & Stegun 7.1.6)
//   |x| ≥ 2:  erf x = 1 − e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))   (ibid. 7.1.14); erfc from 1 on

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

export function erfOf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude >= 6) return Math.sign(x);
  if (magnitude >= 2) return Math.sign(x) * (1 - tailOf(magnitude));
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * gaussian(x) * x * sum;
}

/** 1 − erf x, which keeps its digits far out. */
export const erfcOf = (x: number): number => (x < 1 ? 1 - erfOf(x) : tailOf(x));
