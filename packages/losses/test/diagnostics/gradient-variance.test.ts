// Gradient noise against closed forms on N(0, I), and what shared draws do to it.
import { random, zeros } from "@cotangent/autodiff";
import {
  denoising,
  gaussian,
  gaussianDirections,
  gradientVariance,
  implicit,
  type Projection,
  projectionEfficiency,
  rademacher,
  sliced,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { eye, linearParams, linearScore } from "../support/linear-score.ts";

const truth = (d: number, scale = 1) =>
  linearParams(
    eye(d).map((row) => row.map((v) => v * scale)),
    new Array<number>(d).fill(0),
  );
const relative = (value: number, expected: number): number => Math.abs(value / expected - 1);

describe("gradientVariance", () => {
  // ∂A = x xᵀ − I and ∂b = −x at the truth of N(0, I): E‖∂A‖² = d(d + 1), E‖∂b‖² = d.
  test("implicit at the truth of N(0, I_3) has tr Cov = d(d + 1) + d, no signal, and inflation 1", () => {
    const x = random.normal(random.key(1), [12_000, 3]);
    const { perSample, signal, inflation } = gradientVariance(
      implicit(linearScore),
      truth(3),
      x,
      random.key(2),
    );
    expect(relative(perSample, 15)).toBeLessThan(0.08);
    expect(Math.abs(signal)).toBeLessThan(0.02);
    expect(relative(inflation, 1)).toBeLessThan(0.15);
  });

  test("away from the truth the noise scale is tr Cov/‖E g‖²", () => {
    // A = 2I: ∂A = 2xxᵀ − I with mean I, so ‖E g‖² = d and tr Cov = 4d(d + 1) + 4d.
    const x = random.normal(random.key(3), [12_000, 2]);
    const { signal, perSample, noiseScale } = gradientVariance(
      implicit(linearScore),
      truth(2, 2),
      x,
      random.key(4),
    );
    expect(relative(signal, 2)).toBeLessThan(0.1);
    expect(relative(perSample, 32)).toBeLessThan(0.1);
    expect(noiseScale).toBe(perSample / signal);
  });

  test("denoising's gradient noise grows as σ⁻²", () => {
    // At the optimum on N(0, 1): Var ∂_A = 1/σ² and Var ∂_b = 1/(σ²(1 + σ²)).
    const x = random.normal(random.key(5), [20_000, 1]);
    for (const sigma of [0.5, 0.1]) {
      const objective = denoising(linearScore, { noise: gaussian(sigma) });
      const { perSample } = gradientVariance(
        objective,
        truth(1, 1 / (1 + sigma ** 2)),
        x,
        random.key(6),
      );
      expect(
        relative(perSample, 1 / sigma ** 2 + 1 / (sigma ** 2 * (1 + sigma ** 2))),
      ).toBeLessThan(0.08);
    }
  });

  test("directions shared by a batch show as inflation near the group's size", () => {
    const shared: Projection = (key, [slices = 1, rows = 1, d = 1]) =>
      gaussianDirections(key, [slices, 1, d]).broadcastTo([slices, rows, d]);
    const x = random.normal(random.key(7), [8000, 4]);
    const inflation = (distribution: Projection) =>
      gradientVariance(
        sliced(linearScore, { distribution, reduced: true }),
        truth(4),
        x,
        random.key(8),
      ).inflation;
    expect(relative(inflation(gaussianDirections), 1)).toBeLessThan(0.2);
    // ∂A = xxᵀ − vvᵀ: half of the variance is the directions', so that sharing gives (1 + 8)/2, and ∂b's share.
    expect(inflation(shared)).toBeGreaterThan(3.5);
  });

  test("too few rows are refused with what to do", () => {
    const objective = implicit(linearScore);
    expect(() => gradientVariance(objective, truth(2), zeros([15, 2]), random.key(0))).toThrow(
      "gradientVariance: expected at least 16 rows for groups of 8, got 15; give more rows or a smaller groupSize",
    );
    expect(() =>
      gradientVariance(objective, truth(2), zeros([15, 2]), random.key(0), { groupSize: 0 }),
    ).toThrow(/groupSize to be a whole number ≥ 1/);
  });
});

describe("projectionEfficiency", () => {
  // Reduced on N(0, I_d): ∂A = xxᵀ − ⟨vvᵀ⟩; tr Cov of xxᵀ is d(d + 1), of vvᵀ d(d − 1) or d(d + 1); ∂b adds d.
  test.each([
    ["Rademacher", rademacher, 1],
    ["Gaussian", gaussianDirections, 1],
    ["Rademacher, four slices", rademacher, 4],
  ] as const)(
    "of the reduced objective with %s directions is the closed form",
    (name, distribution, M) => {
      const d = 4;
      const x = random.normal(random.key(9), [6000, d]);
      const objective = sliced(linearScore, { distribution, projections: M, reduced: true });
      const { data, draws, efficiency } = projectionEfficiency(
        objective,
        truth(d),
        x,
        random.key(10),
      );
      const expected = {
        data: d * (d + 1) + d,
        draws: (name === "Gaussian" ? d * (d + 1) : d * (d - 1)) / M,
      };
      expect(relative(data, expected.data)).toBeLessThan(0.12);
      expect(relative(draws, expected.draws)).toBeLessThan(0.06);
      expect(efficiency).toBeCloseTo(data / (data + draws), 12);
    },
  );

  test("an objective without draws has efficiency 1", () => {
    const x = random.normal(random.key(11), [50, 2]);
    expect(projectionEfficiency(implicit(linearScore), truth(2), x, random.key(0)).efficiency).toBe(
      1,
    );
  });

  test("gradients that are no numbers are refused", () => {
    const x = random.normal(random.key(11), [32, 2]);
    const broken = { ...truth(2), ...linearParams(eye(2), [Number.NaN, 0]) };
    for (const measure of [projectionEfficiency, gradientVariance])
      expect(() => measure(implicit(linearScore), broken, x, random.key(0))).toThrow(
        /^(projectionEfficiency|gradientVariance): expected gradients that are numbers, got a variance of NaN; look/,
      );
  });

  test("one row is refused", () => {
    expect(() =>
      projectionEfficiency(implicit(linearScore), truth(2), zeros([1, 2]), random.key(0)),
    ).toThrow("projectionEfficiency: expected at least 2 rows, got 1; give a batch of data");
  });
});
