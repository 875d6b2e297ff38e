/**
 * The grid that a column's values lie on: the largest h such that nine tenths of the values other than
 * the commonest one, x₀, lie on x₀ + hℤ. Not all: measured columns mix resolutions (9.4, 9.5, 9.6 and
 * now and then 9.2333), and it is the coarse grid that makes a density model sharpen without bound.
 * Candidates are the gaps between neighbouring values, and the exact grid of decimal values.
 * Whether a grid is coarse enough to matter is for duplicates.ts to say.
 */

const share = 0.9;
const maxCandidates = 50;

/** The grid step of `sorted` (rising, repeats included), in the units of the values; `undefined` when they lie on none. */
export function gridStep(sorted: Float64Array): number | undefined {
  const counts = new Map<number, number>();
  for (const x of sorted) counts.set(x, (counts.get(x) ?? 0) + 1);
  const values = [...counts.keys()];
  if (values.length < 2) return undefined;
  const [origin, repeats] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  const needed = share * (sorted.length - repeats);
  return candidateSteps(values).find((step) => {
    let found = 0;
    for (const [x, count] of counts) {
      const k = (x - origin) / step;
      // The step is known to 10 digits, so that distant values miss their grid point by a little.
      if (Math.round(k) !== 0 && Math.abs(k - Math.round(k)) < 1e-3) found += count;
    }
    return found >= needed;
  });
}

/** Steps worth trying, falling. values: rising, without repeats. */
function candidateSteps(values: readonly number[]): number[] {
  const gaps = new Map<number, number>();
  values.slice(1).forEach((x, i) => {
    const below = values[i] as number;
    const gap = Number((x - below).toPrecision(10));
    // Nothing closer to rounding than this can be told from it.
    if (gap > 1e-9 * Math.max(Math.abs(x), Math.abs(below)))
      gaps.set(gap, (gaps.get(gap) ?? 0) + 1);
  });
  const commonest = [...gaps].sort((a, b) => b[1] - a[1]).slice(0, maxCandidates);
  const steps = commonest.map(([gap]) => gap);
  const exact = decimalStep(values);
  return [...steps, ...(exact === undefined ? [] : [exact])].sort((a, b) => b - a);
}

/** The exact step of values that are integers times 10⁻ᵏ, for the smallest such k. */
function decimalStep(values: readonly number[]): number | undefined {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  // Beyond 13 digits every double would pass for a decimal.
  for (let k = 0, scale = 1; largest * scale <= 1e13; k += 1, scale = 10 ** k) {
    const integers = values.map((x) => Math.round(x * scale));
    const rounding = 4 * Number.EPSILON * largest * scale;
    if (values.some((x, i) => Math.abs(x * scale - (integers[i] as number)) > rounding)) continue;
    const [first = 0] = integers;
    return Number(
      (integers.reduce((gcd, n) => divisor(gcd, n - first), 0) / scale).toPrecision(15),
    );
  }
  return undefined;
}

/** The greatest common divisor of two integers ≥ 0. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
