/** [13:22] The variance of denoising grows without bound as σ → 0; a control variate bounds it. */

import { full, grad, random, type Tensor, vmap } from "@cotangent/autodiff";
import { type ChartPoint, curveOf, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact, unbiasedVariance } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearWithoutBias } from "../models.ts";

/** c = 1/(σ²(1+σ²)): the variance of the residual s(x̃) + ε/σ at the optimum on N(0, 1). */
const c = (sigma: number): number => 1 / (sigma ** 2 * (1 + sigma ** 2));
const lossVariance = (sigma: number): number => c(sigma) ** 2 / 2;
const gradientVariance = (sigma: number): number => 1 / sigma ** 2;
/** a²(5/2 − 2σ²a) with a = 1/(1+σ²): below 5/2 for every σ. */
const controlledVariance = (sigma: number): number => {
  const a = 1 / (1 + sigma ** 2);
  return a ** 2 * (2.5 - 2 * sigma ** 2 * a);
};

interface Point {
  readonly loss: ChartPoint;
  readonly gradient: ChartPoint;
  readonly controlled: ChartPoint;
}

/** Loss and slope of each sample of N(0, 1) at the optimum s(x) = −x/(1+σ²). */
function perSample(losses: LectureContext["losses"], sigma: number, x: Tensor, delta: Tensor) {
  const optimum = full([1, 1], 1 / (1 + sigma ** 2));
  const noise = losses.gaussian(sigma);
  const plain = losses.denoising(linearWithoutBias, { noise });
  const controlled = losses.denoising(linearWithoutBias, { noise, controlVariate: true });
  const one = (row: Tensor, shift: Tensor) => (A: Tensor) =>
    plain.perSample(A, row.expandDims(0), { delta: shift.expandDims(0) }).sum();
  return {
    loss: plain.perSample(optimum, x, { delta }),
    gradient: vmap((row: Tensor, shift: Tensor) => grad(one(row, shift))(optimum).sum())(x, delta),
    controlled: controlled.perSample(optimum, x, { delta }),
  };
}

/** The mean of the loss over a batch, by the objective's own draws. */
function denoisingMean(
  losses: LectureContext["losses"],
  sigma: number,
  x: Tensor,
  key: Tensor,
): Tensor {
  const objective = losses.denoising(linearWithoutBias, { noise: losses.gaussian(sigma) });
  return objective.mean(full([1, 1], 1 / (1 + sigma ** 2)), x, key);
}

function measure(context: LectureContext): Measured<readonly Point[]> {
  const { losses } = context;
  // Gauss–Hermite nodes: polynomials of degree 4 in x and ε have exact means.
  const grid = gaussianGrid(2);
  const exactly = (sigma: number) => {
    const delta = columns(grid.points, 1, 2).mul(sigma);
    const values = perSample(losses, sigma, columns(grid.points, 0, 1), delta);
    const variance = (v: Tensor) => grid.mean(v.square()).sub(grid.mean(v).square());
    return {
      mean: grid.mean(values.loss),
      loss: variance(values.loss),
      gradient: variance(values.gradient),
      controlled: variance(values.controlled),
      shift: grid.mean(values.controlled).sub(grid.mean(values.loss)),
    };
  };
  const sampled = (sigma: number) =>
    estimate(context, (key) => {
      const x = random.normal(random.foldIn(key, 0), [4000, 1]);
      const delta = random.normal(random.foldIn(key, 1), [4000, 1]).mul(sigma);
      const { loss, gradient, controlled } = perSample(losses, sigma, x, delta);
      return {
        mean: denoisingMean(losses, sigma, x, random.foldIn(key, 2)),
        loss: unbiasedVariance(loss),
        gradient: unbiasedVariance(gradient),
        controlled: unbiasedVariance(controlled),
      };
    });
  const rows = [1, 0.5, 0.1].flatMap((sigma) => {
    const [truth, found] = [exactly(sigma), sampled(sigma)];
    const at = `σ = ${sigma}`;
    return [
      exact(`mean, ${at}`, c(sigma) / 2, truth.mean),
      exact(`variance, ${at}`, lossVariance(sigma), truth.loss),
      exact(`variance of the slope, ${at}`, gradientVariance(sigma), truth.gradient),
      exact(`variance with control variate, ${at}`, controlledVariance(sigma), truth.controlled),
      exact(`mean with control variate − mean without, ${at}`, 0, truth.shift),
      estimated(`mean of samples, ${at}`, c(sigma) / 2, found.mean),
      estimated(`variance of samples, ${at}`, lossVariance(sigma), found.loss),
      estimated(`variance of the slope, samples, ${at}`, gradientVariance(sigma), found.gradient),
    ];
  });
  const data = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2].map((sigma) => {
    const { loss, gradient, controlled } = sampled(sigma);
    const at = ({ value, standardError }: typeof loss): ChartPoint => ({
      x: sigma,
      y: value,
      error: standardError,
    });
    return { loss: at(loss), gradient: at(gradient), controlled: at(controlled) };
  });
  return { rows, data };
}

/** The price of a small σ. */
export const varianceExplodes: Claim = defineClaim({
  name: "variance-explodes",
  time: "13:22",
  title: "As σ → 0 the variance explodes",
  statement:
    "On N(0, 1) at the optimum the denoising loss has mean c/2 and per-sample variance c²/2 with " +
    "c = 1/(σ²(1+σ²)): it grows like σ⁻⁴, and the variance of the gradient like σ⁻². The control " +
    "variate has the same mean and a variance below 5/2; above σ ≈ .725 it is the worse of the two.",
  formula: "Var ½(s(x̃) + ε/σ)² = c²/2,   Var ∂_a = 1/σ²,   c = 1/(σ²(1 + σ²))",
  measure,
  code: [perSample, denoisingMean, measure],
  figures: (points) => [
    {
      svg: drawChart("Variance of loss and gradient against sigma on logarithmic axes", {
        x: { label: "σ (data units)", type: "log", ticks: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2] },
        y: {
          label: "per-sample variance",
          type: "log",
          ticks: [0.01, 1, 100, 1e4, 1e6],
          domain: [8e-4, 8e6],
        },
        right: 30,
        series: [
          {
            points: curveOf(lossVariance, 0.02, 2, { log: true }),
            line: "solid",
            label: "loss, slope −4",
            labelAt: 20,
            lift: -2,
          },
          {
            points: curveOf(gradientVariance, 0.02, 2, { log: true }),
            line: "dashed",
            label: "gradient, slope −2",
            labelAt: 56,
            lift: 16,
            colour: "denoising",
          },
          {
            points: curveOf(controlledVariance, 0.02, 2, { log: true }),
            line: "dotted",
            label: "loss, control variate",
            labelAt: 0,
            lift: -14,
            colour: "sliced-reduced",
          },
          { points: points.map(({ loss }) => loss), mark: "circle" },
          { points: points.map(({ gradient }) => gradient), mark: "square", colour: "denoising" },
          {
            points: points.map(({ controlled }) => controlled),
            mark: "triangle",
            colour: "sliced-reduced",
          },
        ],
      }),
      caption:
        "Lines: predicted, with slopes −4 and −2 at the left. Marks: measured, with bars of four standard errors where they are larger than the mark.",
    },
  ],
});
