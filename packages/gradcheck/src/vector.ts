// Flat vectors, and how numbers are compared.
export type Vector = Float64Array;

export const dot = (x: Vector, y: Vector): number => x.reduce((sum, xi, i) => sum + xi * y[i]!, 0);
/** Σ|xᵢyᵢ|: the magnitude of a dot product's terms. */
export const absDot = (x: Vector, y: Vector): number =>
  x.reduce((sum, xi, i) => sum + Math.abs(xi * y[i]!), 0);
/** x + h·v */
export const along = (x: Vector, h: number, v: Vector): Vector => x.map((xi, i) => xi + h * v[i]!);
export const basis = (size: number, i: number): Vector => {
  const e = new Float64Array(size);
  e[i] = 1;
  return e;
};
export const largest = (x: Iterable<number>): number => {
  let most = 0;
  for (const xi of x) if (Math.abs(xi) > most) most = Math.abs(xi);
  return most;
};
/** Equal bit by bit, except that all NaN are one. */
export const same = (x: Vector, y: Vector): boolean =>
  x.length === y.length && x.every((xi, i) => Object.is(xi, y[i]));

/** The distance from |x| to the next larger number of a format with `digits` bits. */
export function ulpOf(x: number, digits = 53): number {
  const smallest = digits === 53 ? 2 ** -1074 : 2 ** -149;
  if (!Number.isFinite(x) || x === 0) return smallest;
  return Math.max(smallest, 2 ** (Math.floor(Math.log2(Math.abs(x))) - digits + 1));
}
