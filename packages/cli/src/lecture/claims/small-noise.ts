/** [01:10, 17:04] For small σ the score of the noisy density is close to that of the data. */

import { full, grad, type Tensor } from "@cotangent/autodiff";
import { type ChartPoint, curveOf, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearWithoutBias } from "../models.ts";

/** ½(σ²/(1+σ²))² */
const predicted = (sigma: number): number => 0.5 * (sigma ** 2 / (1 + sigma ** 2)) ** 2;

/** For x ~ N(0, 1): denoising's minimiser s(x) = −x/(1+σ²), and how far it is from −x. */
function measure({ losses }: LectureContext): Measured<readonly ChartPoint[]> {
  const grid = gaussianGrid(2);
  const [x, epsilon] = [columns(grid.points, 0, 1), columns(grid.points, 1, 2)];
  const clean = losses.explicit(linearWithoutBias, (z) => z.neg());
  const measured = [0.05, 0.1, 0.2, 0.5, 1, 2].map((sigma) => {
    const noisy = losses.denoising(linearWithoutBias, { noise: losses.gaussian(sigma) });
    const loss = (A: Tensor) => grid.mean(noisy.perSample(A, x, { delta: epsilon.mul(sigma) }));
    const minimiser = full([1, 1], 1 / (1 + sigma ** 2));
    const slope = grad(loss)(minimiser).squeeze();
    return { sigma, slope, fisher: grid.mean(clean.perSample(minimiser, x, {})) };
  });
  const rows = measured
    .filter(({ sigma }) => [0.1, 0.5, 1].includes(sigma))
    .flatMap(({ sigma, slope, fisher }) => [
      exact(`½E(s − ∇log p)², σ = ${sigma}`, predicted(sigma), fisher, 1e-14),
      exact(`slope of denoising there, σ = ${sigma}`, 0, slope),
    ]);
  return { rows, data: measured.map(({ sigma, fisher }) => ({ x: sigma, y: fisher.item() })) };
}

/** Small noise moves the target little. */
export const smallNoise: Claim = defineClaim({
  name: "small-noise",
  time: "01:10, 17:04",
  title: "For small σ, q ≈ p",
  statement:
    "Denoising learns the score of the noisy density q. For data from N(0, 1) that score is " +
    "−x/(1 + σ²), and its distance from the score of the data falls with the fourth power of σ.",
  formula: "½E_p(∇log q − ∇log p)² = ½(σ²/(1 + σ²))²",
  measure,
  code: [measure],
  figures: (points) => [
    {
      svg: drawChart("Fisher divergence of the noisy score against sigma", {
        x: { label: "σ (data units)", type: "log", ticks: [0.05, 0.1, 0.2, 0.5, 1, 2] },
        y: {
          label: "Fisher divergence (1/data units²)",
          type: "log",
          ticks: [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1],
        },
        series: [
          {
            points: curveOf(predicted, 0.05, 2, { log: true }),
            line: "solid",
            label: "½(σ²/(1+σ²))²",
            labelAt: 52,
            lift: -14,
            colour: "ink",
          },
          { points, mark: "circle", colour: "denoising" },
        ],
        right: 24,
      }),
      caption: "Line: predicted; circles: measured. The slope at the left is 4.",
    },
  ],
});
