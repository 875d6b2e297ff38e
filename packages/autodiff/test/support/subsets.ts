// The ways in which some of n inputs can be mapped over some of their axes.

/** Every choice of true and false for n inputs, but not all false. */
export const nonEmptySubsets = (n: number): boolean[][] =>
  Array.from({ length: 2 ** n - 1 }, (_, code) =>
    Array.from({ length: n }, (_, i) => ((code + 1) >> i) % 2 === 1),
  );
