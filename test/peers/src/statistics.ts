// Medians and quartiles: what is left of timings on a machine that others use too.

export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Median and quartiles, interpolated linearly between order statistics. Throws on no values. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
  };
}

function quantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) throw new Error("spread: expected at least one value, got none");
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * a/b round by round, then its spread: what disturbs both of a round cancels.
 *
 * One that ran in fewer rounds is compared with the other's rounds of the same number.
 */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  const rounds = Math.min(a.length, b.length);
  return spread(a.slice(0, rounds).map((value, i) => value / b[i]!));
}
