// The error function in double precision, from two classical expansions without cancellation.
//
//   |x| < 2:  erf x = 2/√π e^(−x²) x Σₙ (2x²)ⁿ / (1·3·5···(2n+1))           (Abramowitz & Stegun 7.1.6)
//   |x| ≥ 2:  erf x = 1 − e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))   (ibid. 7.1.14)

/** e^(−x²) to rounding: h holds 24 bits of x, so h² is exact and the rest is small. */
function gaussian(x: number): number {
  const h = Math.fround(x);
  return Math.exp(-h * h) * Math.exp((h - x) * (h + x));
}

export function erfOf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude >= 6) return Math.sign(x);
  if (magnitude < 2) {
    let term = 1;
    let sum = 1;
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * gaussian(x) * x * sum;
  }
  let tail = magnitude;
  for (let n = 40; n > 0; n--) tail = magnitude + n / 2 / tail;
  return Math.sign(x) * (1 - gaussian(magnitude) / (Math.sqrt(Math.PI) * tail));
}
