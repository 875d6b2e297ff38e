/**
 * The grid that the values of a column lie on: the largest h with x ∈ x₀ + hℤ for all values x, found by
 * Euclid's algorithm on the gaps between sorted values, with a tolerance for decimal rounding, then by least
 * squares. Every decimal column has one; whether it is coarse enough to matter is for duplicates.ts to say.
 */

/** Remainders below this share of the largest magnitude count as rounding. */
const tolerance = 1e-11;

/** The grid step of `distinct` (rising, without repeats), in the units of the values; `undefined` when they lie on none. */
export function gridStep(distinct: Float64Array): number | undefined {
  const first = distinct[0];
  const last = distinct[distinct.length - 1];
  if (first === undefined || last === undefined || distinct.length < 2) return undefined;
  const rounding = tolerance * Math.max(Math.abs(first), Math.abs(last));
  let step = 0;
  for (let i = 1; i < distinct.length; i += 1) {
    step = commonDivisor((distinct[i] as number) - (distinct[i - 1] as number), step, rounding);
    // Nothing that close to rounding can be told from it.
    if (step < 100 * rounding) return undefined;
  }
  return refine(distinct, first, step);
}

/** gcd of two lengths, where a remainder within `rounding` of 0 or of the divisor is none. */
function commonDivisor(x: number, y: number, rounding: number): number {
  let a = Math.max(x, y);
  let b = Math.min(x, y);
  while (b > rounding) {
    const r = a % b;
    a = b;
    b = b - r < rounding ? 0 : r;
  }
  return a;
}

/** h = Σk(x − x₀)/Σk² with k = round((x − x₀)/h), to 12 digits; `undefined` when a value is off the grid. */
function refine(values: Float64Array, first: number, step: number): number | undefined {
  let top = 0;
  let bottom = 0;
  for (const x of values) {
    const k = Math.round((x - first) / step);
    if (Math.abs(x - first - k * step) > 1e-3 * step) return undefined;
    top += k * (x - first);
    bottom += k * k;
  }
  return Number((top / bottom).toPrecision(12));
}
