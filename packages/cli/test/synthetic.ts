/**
 * A CompareResult made from closed forms: the report's tests need no training.
 *
 * The "learned" fields are the true score with a smooth error, the samples are exact.
 */

import type { CompareResult, ObjectiveRun, Point, Problem } from "../src/compare/result.ts";

const means: readonly Point[] = [
  [-2.5, -1.5],
  [2.5, -1.5],
  [0, 2.5],
];
const weights = [0.5, 0.3, 0.2];
const std = 0.5;

/** A small linear congruential generator: uniform on (0, 1), the same numbers every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
}

function densityAndScore(x: number, y: number): { density: number; score: Point } {
  const terms = means.map(([a, b], k) => {
    const exponent = -((x - a) ** 2 + (y - b) ** 2) / (2 * std ** 2);
    return ((weights[k] ?? 0) * Math.exp(exponent)) / (2 * Math.PI * std ** 2);
  });
  const density = terms.reduce((a, b) => a + b, 0);
  const pull = (axis: 0 | 1, at: number): number =>
    terms.reduce((sum, term, k) => sum + (term * ((means[k]?.[axis] ?? 0) - at)) / std ** 2, 0);
  return { density, score: [pull(0, x) / density, pull(1, y) / density] };
}

function sample(count: number, seed: number, spread = std): Point[] {
  const uniform = generator(seed);
  return Array.from({ length: count }, () => {
    const u = uniform();
    const [a, b] = means[u < 0.5 ? 0 : u < 0.8 ? 1 : 2] ?? [0, 0];
    const radius = Math.sqrt(-2 * Math.log(uniform())) * spread;
    const angle = 2 * Math.PI * uniform();
    return [a + radius * Math.cos(angle), b + radius * Math.sin(angle)];
  });
}

function problem(): Problem {
  const x = [-4.5, 4.5] as const;
  const y = [-4, 5] as const;
  const count = 61;
  const at = (low: number, index: number, of: number): number => low + (9 * (index + 0.5)) / of;
  const values = Array.from({ length: count * count }, (_, index) => {
    const column = index % count;
    return densityAndScore(at(x[0], column, count), at(y[0], (index - column) / count, count))
      .density;
  });
  const cells = 23;
  const fieldPoints = Array.from({ length: cells * cells }, (_, index): Point => {
    const column = index % cells;
    return [at(x[0], column, cells), at(y[0], (index - column) / cells, cells)];
  }).filter(([px, py]) => densityAndScore(px, py).density > 0.002);
  return {
    name: "three Gaussians",
    means,
    weights,
    std,
    x,
    y,
    zeroDivergence: 3.98,
    density: { columns: count, rows: count, values },
    fieldPoints,
    trueField: fieldPoints.map(([px, py]) => densityAndScore(px, py).score),
    samples: sample(600, 1),
  };
}

function run(name: string, index: number, truth: Problem): ObjectiveRun {
  const error = 0.15 + 0.12 * index;
  const speed = 5 + index;
  const curve = Array.from({ length: 41 }, (_, k) => {
    const step = k * 50;
    const decay = Math.exp(-step / 250);
    const fisher = 0.05 * (index + 1) + 3.9 * decay;
    return {
      step,
      seconds: (step * speed) / 1000,
      loss: -4 + fisher + Math.sin(7 * k) / 20,
      fisher,
    };
  });
  const fisher = 0.05 * (index + 1);
  return {
    name,
    curve,
    millisecondsPerStep: speed,
    seconds: 2 * speed,
    fisher: { value: fisher, standardError: 0.002 },
    relative: fisher / 3.98,
    lossFloor: -4,
    ...(name === "denoising"
      ? { perturbed: { sigma: 0.2, fisher: { value: 0.04, standardError: 0.001 }, bias: 0.076 } }
      : {}),
    field: truth.trueField.map(([u, v], k): Point => {
      const [px, py] = truth.fieldPoints[k] ?? [0, 0];
      return [u + 4 * error * Math.sin(py * 1.3 + index), v + 4 * error * Math.cos(px * 1.1)];
    }),
    samples: sample(600, index + 2, std * (1 + 0.1 * index)),
  };
}

/** The synthetic result, with the given objectives. */
export function syntheticResult(
  names: readonly string[] = [
    "implicit",
    "sliced",
    "sliced-reduced",
    "denoising",
    "finite-difference",
  ],
): CompareResult {
  const truth = problem();
  return {
    kind: "cotangent-compare",
    version: 1,
    command: "cotangent compare --steps 2000 --seed 0",
    environment: {
      node: "20.20.2",
      platform: "linux x64",
      cores: 2,
      processor: "a processor",
      engine: "interpreter",
    },
    settings: {
      steps: 2000,
      batch: 256,
      hidden: [64, 64],
      activation: "softplus",
      learningRate: 0.003,
      ema: 0.99,
      sigma: 0.2,
      radius: 0.1,
      projections: 1,
      rows: 20000,
      evaluationRows: 10000,
      seed: 0,
    },
    problem: truth,
    runs: names.map((name, index) => run(name, index, truth)),
    seconds: 71.3,
  };
}
