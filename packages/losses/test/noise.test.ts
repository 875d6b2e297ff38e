// Noise kernels: gradients, samples and the denoising identity, against closed forms and quadrature.
import { grad, random, type Tensor, tensor } from "@cotangent/autodiff";
import {
  denoising,
  gaussian,
  laplace,
  logistic,
  type NoiseKernel,
  studentT,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { kolmogorovSmirnov } from "./support/monte-carlo.ts";

interface Case {
  readonly name: string;
  readonly kernel: NoiseKernel;
  /** The density of one coordinate, and its derivative's ratio (log q)′, in plain arithmetic. */
  readonly density: (x: number) => number;
  readonly slope: (x: number) => number;
  readonly cdf: (x: number) => number;
  readonly meanSquare: number;
}

const [b, r] = [0.7, 0.4];
const logNormalizer = 2 / (Math.PI * Math.sqrt(3)); // Γ(2)/(Γ(3/2)√(3π)) for ν = 3
const cases: Case[] = [
  {
    name: "gaussian",
    kernel: gaussian(b),
    density: (x) => Math.exp(-0.5 * (x / b) ** 2) / (b * Math.sqrt(2 * Math.PI)),
    slope: (x) => -x / b ** 2,
    cdf: (x) => integrate((u) => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI), -9, x / b, 400),
    meanSquare: 1 / b ** 2,
  },
  {
    name: "laplace",
    kernel: laplace(b),
    density: (x) => Math.exp(-Math.abs(x) / b) / (2 * b),
    slope: (x) => -Math.sign(x) / b,
    cdf: (x) => (x < 0 ? 0.5 * Math.exp(x / b) : 1 - 0.5 * Math.exp(-x / b)),
    meanSquare: 1 / b ** 2,
  },
  {
    name: "logistic",
    kernel: logistic(r),
    density: (x) => 1 / (4 * r * Math.cosh(x / (2 * r)) ** 2),
    slope: (x) => {
      const tail = Math.exp(-Math.abs(x) / r);
      return (Math.sign(x) * Math.expm1(-Math.abs(x) / r)) / (r * (1 + tail));
    },
    cdf: (x) => 1 / (1 + Math.exp(-x / r)),
    meanSquare: 1 / (3 * r ** 2),
  },
  {
    name: "studentT, ν = 3",
    kernel: studentT(3, r),
    density: (x) => logNormalizer / r / (1 + (x / r) ** 2 / 3) ** 2,
    slope: (x) => (-4 * x) / (3 * r ** 2 + x ** 2),
    cdf: (x) => {
      const t = x / (r * Math.sqrt(3));
      return 0.5 + (t / (1 + t * t) + Math.atan(t)) / Math.PI;
    },
    meanSquare: 4 / (6 * r ** 2),
  },
];

/** Midpoint rule. */
function integrate(f: (x: number) => number, from: number, to: number, n: number): number {
  const h = (to - from) / n;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(from + (i + 0.5) * h);
  return sum * h;
}

/** Nodes and weights for ∫ f(δ) q(δ) dδ over heavy tails: δ = sinh t, split at the kink at 0. */
function quadrature(density: (x: number) => number): { delta: number[]; weight: number[] } {
  const n = 20_000;
  const h = 24 / n;
  const t = Array.from({ length: n }, (_, i) => -12 + (i + 0.5) * h);
  const delta = t.map(Math.sinh);
  return { delta, weight: delta.map((x, i) => density(x) * Math.cosh(t[i] ?? 0) * h) };
}

describe.each(cases)("$name", ({ kernel, density, slope, cdf, meanSquare }) => {
  const { delta, weight } = quadrature(density);
  const column = tensor(delta).reshape([-1, 1]);
  const expectation = (f: (i: number) => number): number =>
    weight.reduce((sum, w, i) => sum + w * f(i), 0);

  test("its gradient is that of the log density, written by hand", () => {
    const points = [-3, -0.4, 0.01, 0.7, 5];
    expectClose(kernel.logDensityGradient(tensor([points])), points.map(slope), 1e-12);
  });

  test("E[g] = 0, E[δg] = −1 and E‖g‖² has the closed form, by quadrature", () => {
    const g = kernel.logDensityGradient(column).data;
    expect(expectation(() => 1)).toBeCloseTo(1, 6);
    expect(expectation((i) => g[i] ?? Number.NaN)).toBeCloseTo(0, 6);
    expect(expectation((i) => (delta[i] ?? 0) * (g[i] ?? Number.NaN))).toBeCloseTo(-1, 3);
    expect(expectation((i) => (g[i] ?? Number.NaN) ** 2)).toBeCloseTo(meanSquare, 6);
    expect(kernel.meanSquaredScore(5)).toBeCloseTo(5 * meanSquare, 12);
  });

  test("[16:04] denoising is stationary at the score of p ∗ q, by quadrature over two point masses", () => {
    const [points, masses] = [[-1, 2] as const, [0.4, 0.6] as const];
    const q = (y: number) =>
      masses[0] * density(y - points[0]) + masses[1] * density(y - points[1]);
    const dq = (y: number) =>
      points.reduce((sum, p, k) => sum + (masses[k] ?? 0) * density(y - p) * slope(y - p), 0);
    const objective = denoising<Tensor>(
      (theta, y) => {
        const truth = tensor(
          Array.from(y.data, (value) => (q(value) === 0 ? 0 : dq(value) / q(value))),
        ).reshape(y.shape);
        return truth.add(theta.mul(y.mul(1.3).sin()));
      },
      { noise: kernel },
    );
    const gradient = grad((theta: Tensor) => {
      const halves = points.map((point, k) => {
        const values = objective.perSample(theta, column.mul(0).add(point), { delta: column });
        return values
          .mul(tensor(weight))
          .sum()
          .mul(masses[k] ?? 0);
      });
      return (halves[0] as Tensor).add(halves[1] as Tensor);
    })(tensor(0));
    expect(gradient.item()).toBeCloseTo(0, 4);
  });

  test.each(["f64", "f32"] as const)(
    "its samples have its distribution function, in %s",
    (dtype) => {
      const n = 4000;
      const draws = kernel.sample(random.key(1), [n], { dtype });
      expect(draws.dtype).toBe(dtype);
      expect(kolmogorovSmirnov(draws.data, cdf)).toBeLessThan(1.95 / Math.sqrt(n));
    },
  );

  test.each(["f64", "f32"] as const)(
    "its gradient is finite and right at extreme arguments, in %s",
    (dtype) => {
      const extremes = dtype === "f64" ? [1e-300, 1e-8, 1e8, 1e150] : [1e-30, 1e-8, 1e8, 1e30];
      const points = [...extremes.map((x) => -x), 0, ...extremes];
      const g = kernel.logDensityGradient(tensor(points, { dtype }).reshape([1, -1]));
      g.data.forEach((value, i) => {
        const expected = slope(points[i] ?? Number.NaN);
        const scale = Math.max(Math.abs(expected), 1e-30);
        expect(Math.abs(value - expected) / scale, `at ${points[i]}`).toBeLessThan(1e-5);
      });
    },
  );
});
