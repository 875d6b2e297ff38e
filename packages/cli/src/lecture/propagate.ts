/**
 * The law of a one-dimensional Langevin chain, from step to step, without sampling.
 *
 *   p'(u') = ∫ p(u) N(u'; u + ηs(u), 2η) du      (Chapman–Kolmogorov)
 *
 * The integral is a sum over an even grid, exact to rounding while the grid resolves the kernel. This
 * predicts what finitely many steps of finite size do, for chains that no formula covers.
 */

/** Steps of one size with one score, on a grid that reaches ±reach. */
export interface ChainLevel {
  readonly score: (u: number) => number;
  readonly stepSize: number;
  readonly steps: number;
  readonly reach: number;
}

/** A density on an even grid of midpoints. */
export interface LineDensity {
  readonly at: Float64Array;
  /** Mass of each cell. */
  readonly mass: Float64Array;
  massAbove(bound: number): number;
  variance(): number;
}

function lineDensity(at: Float64Array, mass: Float64Array): LineDensity {
  const sum = (f: (u: number) => number): number =>
    mass.reduce((total, m, i) => total + m * f(at[i] ?? 0), 0);
  return {
    at,
    mass,
    massAbove: (bound) => sum((u) => (u > bound ? 1 : 0)) / sum(() => 1),
    variance() {
      const total = sum(() => 1);
      const mean = sum((u) => u) / total;
      return sum((u) => (u - mean) ** 2) / total;
    },
  };
}

/** `count` midpoints, an even number so that no cell straddles 0. */
function midpoints(reach: number, spacing: number): Float64Array {
  const count = 2 * Math.ceil(reach / spacing);
  return Float64Array.from({ length: count }, (_, i) => (2 * reach * (i + 0.5)) / count - reach);
}

/** (x + y)/√2 of a uniform point of a square with corners at distance `reach`: a triangle. */
export function startingDensity(reach: number): LineDensity {
  const at = midpoints(reach, reach / 1500);
  return lineDensity(
    at,
    at.map((u) => (1 - Math.abs(u) / reach) / 1500),
  );
}

/** The law after all levels. */
export function propagate(start: LineDensity, levels: readonly ChainLevel[]): LineDensity {
  let density = start;
  for (const { score, stepSize, steps, reach } of levels) {
    const to = midpoints(reach, Math.sqrt(2 * stepSize) / 2.5);
    density = move(density, to, score, stepSize);
    const kernel = transition(to, to, score, stepSize);
    for (let step = 1; step < steps; step++) density = lineDensity(to, apply(kernel, density.mass));
  }
  return density;
}

function move(
  { at, mass }: LineDensity,
  to: Float64Array,
  score: ChainLevel["score"],
  stepSize: number,
): LineDensity {
  return lineDensity(to, apply(transition(at, to, score, stepSize), mass));
}

/** Rows: the probabilities of every cell of `to`, from one cell of `from`. */
function transition(
  from: Float64Array,
  to: Float64Array,
  score: ChainLevel["score"],
  stepSize: number,
): Float64Array[] {
  const cell = (to[1] ?? 0) - (to[0] ?? 0);
  const height = cell / Math.sqrt(4 * Math.PI * stepSize);
  return Array.from(from, (u) => {
    const mean = u + stepSize * score(u);
    return to.map((next) => height * Math.exp(-((next - mean) ** 2) / (4 * stepSize)));
  });
}

function apply(kernel: readonly Float64Array[], mass: Float64Array): Float64Array {
  const result = new Float64Array(kernel[0]?.length ?? 0);
  kernel.forEach((row, i) => {
    const m = mass[i] ?? 0;
    for (let j = 0; j < row.length; j++) result[j] = (result[j] ?? 0) + m * (row[j] ?? 0);
  });
  return result;
}
