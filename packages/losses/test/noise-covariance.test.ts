// Gaussian noise with a full covariance, against plain linear algebra and sample moments.
import { random, tensor } from "@cotangent/autodiff";
import { gaussian, gaussianFull } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { expectEstimate, meanOf } from "./support/monte-carlo.ts";
import { inverse } from "./support/sigma-points.ts";

describe("gaussianFull", () => {
  const Sigma = [
    [2, 0.6, 0],
    [0.6, 1, -0.3],
    [0, -0.3, 0.5],
  ];
  const kernel = gaussianFull(Sigma);

  test("g = −Σ⁻¹δ and E‖g‖² = tr Σ⁻¹", () => {
    const delta = [0.3, -1, 2];
    const precision = inverse(Sigma);
    const expected = precision.map(
      (row) => -row.reduce((sum, p, j) => sum + p * (delta[j] ?? 0), 0),
    );
    expectClose(kernel.logDensityGradient(tensor([delta])), expected, 1e-12);
    expect(kernel.meanSquaredScore(3)).toBeCloseTo(4.765625, 12);
  });

  test("its samples have covariance Σ", () => {
    const x = kernel.sample(random.key(2), [40_000, 3]);
    Sigma.forEach((row, i) => {
      row.forEach((expected, j) => {
        const products = x.slice([0, i], [40_000, i + 1]).mul(x.slice([0, j], [40_000, j + 1]));
        expectEstimate(meanOf(products.data), expected, 0.05);
      });
    });
  });

  test("with Σ = σ²I it is the isotropic kernel", () => {
    const [full, plain] = [
      gaussianFull([
        [0.25, 0],
        [0, 0.25],
      ]),
      gaussian(0.5),
    ];
    const delta = random.normal(random.key(3), [4, 2]);
    expectClose(
      full.logDensityGradient(delta),
      Array.from(plain.logDensityGradient(delta).data),
      1e-14,
    );
    expectClose(
      full.sample(random.key(4), [4, 2]),
      Array.from(plain.sample(random.key(4), [4, 2]).data),
      1e-14,
    );
  });
});
