/** [14:35] The denoising loss can be zero only if x̃ determines x. */

import { full, grad, type Tensor, tensor } from "@cotangent/autodiff";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearWithoutBias } from "../models.ts";

const variances = [3, 1, 0.2];

/** ½ Σ_i λ_i/(σ²(λ_i + σ²)) */
const least = (sigma: number): number =>
  variances.reduce((sum, l) => sum + l / (2 * sigma ** 2 * (l + sigma ** 2)), 0);

function measure({ losses }: LectureContext): Measured<undefined> {
  const grid = gaussianGrid(6);
  const x = columns(grid.points, 0, 3).mul(tensor(variances).sqrt());
  const gaussianRows = [0.3, 1].flatMap((sigma) => {
    const objective = losses.denoising(linearWithoutBias, { noise: losses.gaussian(sigma) });
    const delta = columns(grid.points, 3, 6).mul(sigma);
    const loss = (A: Tensor) => grid.mean(objective.perSample(A, x, { delta }));
    const inverse = variances.map((l) => 1 / (l + sigma ** 2));
    const minimiser = tensor(inverse.map((a, i) => inverse.map((_, j) => (i === j ? a : 0))));
    return [
      exact(`Gaussian data: least loss, σ = ${sigma}`, least(sigma), loss(minimiser)),
      exact(`Gaussian data: slope there, σ = ${sigma}`, 0, grad(loss)(minimiser).abs().max()),
    ];
  });

  // All data at one point μ: x̃ determines x, and s(x̃) = (μ − x̃)/σ² has no loss at all.
  const [mu, sigma] = [1.5, 0.3];
  const toPoint = losses.denoising((_, z) => z.sub(mu).div(-(sigma ** 2)), {
    noise: losses.gaussian(sigma),
  });
  const delta = columns(grid.points, 0, 1).mul(sigma);
  const values = toPoint.perSample(0, full(delta.shape, mu), { delta });
  return {
    rows: [...gaussianRows, exact("data at one point: loss", 0, grid.mean(values))],
    data: undefined,
  };
}

/** When the loss is zero. */
export const zeroLoss: Claim = defineClaim({
  name: "zero-loss",
  time: "14:35",
  title: "When is the loss zero?",
  statement:
    "Only if the noisy point determines the clean one. For Gaussian data with variances λ the least " +
    "loss is above zero for every σ; for data at a single point it is zero.",
  formula: "min = ½ Σ_i λ_i/(σ²(λ_i + σ²))",
  measure,
  code: [least, measure],
});
