/** Tails of Student's t, by integrating its density: for bounds over many comparisons. */

/** P(|T| > t) with ν degrees of freedom: t = √ν tan θ makes the tail ∫ cos^(ν−1) θ dθ. */
export function twoSidedTail(t: number, nu: number): number {
  const from = Math.atan(t / Math.sqrt(nu));
  const integral = (low: number): number => {
    const n = 20_000;
    const h = (Math.PI / 2 - low) / n;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.cos(low + (i + 0.5) * h) ** (nu - 1);
    return h * sum;
  };
  return integral(from) / integral(0);
}

/** The t with P(|T| > t) = probability. */
export function studentBound(probability: number, nu: number): number {
  let [low, high] = [0, 200];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSidedTail(middle, nu) > probability) low = middle;
    else high = middle;
  }
  return high;
}
