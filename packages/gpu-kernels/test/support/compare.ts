// Comparisons relative to the magnitude of the terms that make a value.

/** Numbers below this may be flushed to zero on a GPU. */
const smallest = 1.2e-38;

/** The largest |got − want| / terms; where want is not finite, got must be the same. */
export function worstError(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  terms: ArrayLike<number>,
): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const [g, w] = [got[i]!, want[i]!];
    if (Object.is(g, w)) continue;
    const error = Math.max(Math.abs(g - w) - smallest, 0) / terms[i]!;
    // 0/0: equal to within what may be flushed.
    worst = Math.max(worst, g === w || Math.abs(g - w) <= smallest ? 0 : error);
    if (Number.isNaN(error) && !(Math.abs(g - w) <= smallest)) return Number.POSITIVE_INFINITY;
  }
  return worst;
}

/** "NaN", "Infinity", "-Infinity" or "finite" for each value. */
export const kinds = (values: ArrayLike<number>): string[] =>
  Array.from(values, (v) => (Number.isFinite(v) ? "finite" : String(v)));
