/**
 * The note about directions in which whitening would divide by almost nothing: columns that are (nearly)
 * combinations of others. Such a direction keeps a variance λ/floor below 1 after whitening instead of 1.
 */

/** One sentence per direction whose variance `values[k]` is below `floor`, naming the columns that make it. */
export function flooredDirections(
  values: readonly number[],
  vectors: readonly (readonly number[])[],
  columns: readonly string[],
  floor: number,
): readonly string[] {
  return values.flatMap((value, k) => {
    if (value >= floor) return [];
    const weights = vectors.map((row, i) => ({ name: columns[i] ?? "", weight: row[k] as number }));
    const most = Math.max(...weights.map(({ weight }) => Math.abs(weight)));
    const names = weights
      .filter(({ weight }) => Math.abs(weight) > 0.1 * most)
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .map(({ name }) => name);
    const shown = names.length > 4 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
    const depend =
      names.length === 1
        ? "depends almost linearly on the others"
        : "are almost linearly dependent";
    return [
      `${shown.join(", ")} ${depend} (variance ${value.toExponential(1)} of a column's ` +
        `in that direction): whitening scales it as if it were ${floor.toExponential(0)}; consider dropping one`,
    ];
  });
}
