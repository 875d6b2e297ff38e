/** [13:40] σ trades bias against variance. */

import { eye, grad, random, type Tensor } from "@cotangent/autodiff";
import { type ChartPoint, curveOf, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearWithoutBias } from "../models.ts";

const [d, N] = [5, 1000];

/**
 * E‖s − ∇log p‖² of the minimiser over N points: with joint Gaussian x̃ and ε it is a regression of ε/σ
 * on x̃, whose covariance is inverse Wishart, so N − d − 1 in place of N makes the formula exact.
 */
const risk = (sigma: number, points: number = N - d - 1): number =>
  (d * sigma ** 4 + d ** 2 / (points * sigma ** 2)) / (1 + sigma ** 2) ** 2;

/** The σ at which `risk` is least, by golden-section search. */
function best(points?: number): number {
  let [low, high] = [0.05, 2];
  for (let i = 0; i < 60; i++) {
    const [a, b] = [high - 0.618034 * (high - low), low + 0.618034 * (high - low)];
    if (risk(a, points) < risk(b, points)) high = b;
    else low = a;
  }
  return low;
}

/** Denoising's minimiser by descent: its loss is quadratic with Hessian ⟨x̃x̃ᵀ⟩ ≈ (1+σ²)I. */
function fitted(loss: (A: Tensor) => Tensor, sigma: number): Tensor {
  let A: Tensor = eye(d);
  for (let step = 0; step < 16; step++) A = A.sub(grad(loss)(A).div(1 + sigma ** 2));
  return A;
}

function measure(context: LectureContext): Measured<readonly ChartPoint[]> {
  const { denoising, gaussian } = context.losses;
  const data = [0.2, 0.3, 0.392, 0.5, 0.7, 1].map((sigma) => {
    const objective = denoising(linearWithoutBias, { noise: gaussian(sigma) });
    const { error } = estimate(context, (key) => {
      const x = random.normal(random.foldIn(key, 0), [N, d]);
      const draws = objective.draw(random.foldIn(key, 1), x);
      const A = fitted((A) => objective.perSample(A, x, draws).mean(), sigma);
      return { error: A.sub(eye(d)).square().sum() };
    });
    return { x: sigma, y: error.value, error: error.standardError };
  });

  // With infinitely many points only the bias is left: one coordinate, exactly.
  const grid = gaussianGrid(2);
  const [x, epsilon] = [columns(grid.points, 0, 1), columns(grid.points, 1, 2)];
  const objective = denoising(linearWithoutBias, { noise: gaussian(0.392) });
  const loss = (a: Tensor) => grid.mean(objective.perSample(a, x, { delta: epsilon.mul(0.392) }));
  const slopeAt = (a: number) => grad(loss)(eye(1).mul(a)).squeeze();
  return {
    rows: [
      exact("least risk over σ, N large", 0.211, risk(best(N), N), 5e-4),
      exact("σ of the least risk, N large", 0.392, best(N), 5e-4),
      exact("slope at the minimiser 1/(1+σ²), N = ∞", 0, slopeAt(1 / (1 + 0.392 ** 2))),
      ...data.map((point) =>
        estimated(`risk at N = ${N}, σ = ${point.x}`, risk(point.x), {
          value: point.y,
          standardError: point.error,
        }),
      ),
    ],
    data,
  };
}

/** The U-shaped error. */
export const sigmaTradeOff: Claim = defineClaim({
  name: "sigma-trade-off",
  time: "13:40",
  title: "σ is a trade-off",
  statement:
    "With N samples a small σ gives a noisy fit and a large one a biased fit. For N(0, I₅), N = 1000 " +
    "and a linear score the error is least near σ = .39; both formulas say so, the asymptotic one and " +
    "the exact one for finite N.",
  formula: "E‖s − ∇log p‖² = [dσ⁴ + d²/((N − d − 1)σ²)]/(1 + σ²)²",
  measure,
  code: [risk, fitted, measure],
  figures: (points) => [
    {
      svg: drawChart("Error against sigma with its minimum", {
        x: {
          label: "σ (data units)",
          type: "log",
          ticks: [0.2, 0.3, 0.4, 0.5, 0.7, 1],
          domain: [0.17, 1.1],
        },
        y: {
          label: "E‖s − ∇log p‖² (1/data units²)",
          domain: [0, 1.35],
          ticks: [0, 0.25, 0.5, 0.75, 1, 1.25],
        },
        right: 20,
        rules: [risk(best())],
        series: [
          {
            points: curveOf(risk, 0.145, 1.1, { log: true }).filter(
              ({ x, y }) => x >= 0.17 && y < 1.35,
            ),
            line: "solid",
            label: "predicted",
            labelAt: 2,
            lift: -4,
          },
          {
            points: curveOf((s) => (d * s ** 4) / (1 + s ** 2) ** 2, 0.17, 1, { log: true }),
            line: "dashed",
            label: "bias",
            labelAt: 62,
            lift: -16,
            colour: "sliced",
          },
          { points, mark: "circle", colour: "denoising" },
          {
            points: [{ x: best(), y: risk(best()) }],
            mark: "times",
            label: `least at σ = ${best().toFixed(3)}`,
            lift: -26,
          },
        ],
      }),
      caption:
        "Line: predicted for N = 1000; dashed: the bias alone, what infinitely many samples would leave; circles: fits, with bars of four standard errors.",
    },
  ],
});
