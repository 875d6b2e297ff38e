/**
 * A small table of made-up measurements whose units are far from 0 and 1: an altitude in metres near
 * 4 000, and a concentration near 0.002 that falls with it.
 */

/** The names in its header. */
export const columns: readonly string[] = ["altitude (m)", "concentration"];

/** The columns' means and standard deviations. */
export const centre: readonly number[] = [4000, 0.002];
export const spread: readonly number[] = [300, 0.0004];

/** `count` rows of two normal columns with correlation −0.8, the same numbers every time. */
export function measurements(count: number, seed = 1): number[][] {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    const [u, v] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return [u, -0.8 * u + 0.6 * v].map((z, j) => (centre[j] ?? 0) + (spread[j] ?? 1) * z);
  });
}

/** Rows as text, with the header unless `names` is undefined. */
export function csv(
  rows: readonly (readonly number[])[],
  names: readonly string[] | undefined = columns,
): string {
  return `${[...(names ? [names] : []), ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

/** The numbers of a CSV text, and its first line when it holds names. */
export function parseCsv(text: string): { header: string | undefined; rows: number[][] } {
  const lines = text.trimEnd().split("\n");
  const header = lines[0]?.split(",").every((cell) => Number.isFinite(Number(cell)))
    ? undefined
    : lines.shift();
  return { header, rows: lines.map((line) => line.split(",").map(Number)) };
}
