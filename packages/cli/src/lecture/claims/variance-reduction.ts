/** [27:10] Variance reduction reduces the variance often, not always. */

import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { type ChartPoint, curveOf, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact, unbiasedVariance } from "../estimate.ts";
import { gaussianGrid } from "../gaussian-grid.ts";
import { linearWithoutBias } from "../models.ts";

const plainVariance = (rho: number): number => 2 + 3 * rho ** 2;
const reducedVariance = (rho: number): number => 1 + 5 * rho ** 2;

interface Points {
  readonly plain: readonly ChartPoint[];
  readonly reduced: readonly ChartPoint[];
}

/** The truth: precision [[1, ρ], [ρ, 1]], and rows z ~ N(0, I) made samples of it. */
function problem(rho: number) {
  const scale = 1 / Math.sqrt(1 - rho ** 2);
  const factor = tensor([
    [scale, -rho * scale],
    [0, 1],
  ]);
  return {
    precision: tensor([
      [1, rho],
      [rho, 1],
    ]),
    samples: (z: Tensor) => z.matmul(factor),
  };
}

function measure(context: LectureContext): Measured<Points> {
  const { sliced } = context.losses;
  const forms = [sliced(linearWithoutBias), sliced(linearWithoutBias, { reduced: true })] as const;

  // All four sign vectors and the nodes of N(0, I): exact variances.
  const grid = gaussianGrid(2, 5);
  const signs = [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ].map((v) => tensor([v]));
  const exactly = (form: 0 | 1, rho: number): number => {
    const { precision, samples } = problem(rho);
    const x = samples(grid.points);
    const moment = (power: number): number =>
      signs.reduce((sum, v) => {
        const values = forms[form].perSample(precision, x, { v: v.broadcastTo(x.shape) });
        return sum + grid.mean(values.pow(power)).item() / 4;
      }, 0);
    return moment(2) - moment(1) ** 2;
  };
  const sampled = (rho: number) =>
    estimate(context, (key) => {
      const { precision, samples } = problem(rho);
      const x = samples(random.normal(random.foldIn(key, 0), [8000, 2]));
      const variance = (form: 0 | 1) => {
        const draws = forms[form].draw(random.foldIn(key, 1), x);
        return unbiasedVariance(forms[form].perSample(precision, x, draws));
      };
      return { plain: variance(0), reduced: variance(1) };
    });
  const found = [0, 0.3, 0.6, 0.8, 0.95].map((rho) => ({ rho, ...sampled(rho) }));
  const point = (
    rho: number,
    { value, standardError }: { value: number; standardError: number },
  ) => ({
    x: rho,
    y: value,
    error: standardError,
  });
  return {
    rows: [0.6, 0.8].flatMap((rho) => [
      exact(`plain, ρ = ${rho}`, plainVariance(rho), exactly(0, rho)),
      exact(`reduced, ρ = ${rho}`, reducedVariance(rho), exactly(1, rho)),
      ...found
        .filter((one) => one.rho === rho)
        .flatMap(({ plain, reduced }) => [
          estimated(`plain, samples, ρ = ${rho}`, plainVariance(rho), plain),
          estimated(`reduced, samples, ρ = ${rho}`, reducedVariance(rho), reduced),
        ]),
    ]),
    data: {
      plain: found.map(({ rho, plain }) => point(rho, plain)),
      reduced: found.map(({ rho, reduced }) => point(rho, reduced)),
    },
  };
}

/** When it pays. */
export const varianceReduction: Claim = defineClaim({
  name: "variance-reduction",
  time: "27:10",
  title: "Variance reduction is not always one",
  statement:
    "For a two-dimensional Gaussian at the truth with Rademacher directions the reduced objective has the " +
    "lower variance only while the precision’s correlation ρ is below 1/√2.",
  formula: "Var plain = 2 + 3ρ²,   Var reduced = 1 + 5ρ²",
  measure,
  code: [problem, measure],
  figures: ({ plain, reduced }) => [
    {
      svg: drawChart("Variance of the plain and reduced objectives against correlation", {
        x: {
          label: "correlation ρ of the precision",
          ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
          domain: [0, 1],
        },
        y: { label: "per-sample variance", domain: [0, 6.3], ticks: [0, 1, 2, 3, 4, 5, 6] },
        right: 84,
        series: [
          { points: curveOf(plainVariance, 0, 1), line: "solid", label: "plain" },
          {
            points: curveOf(reducedVariance, 0, 1),
            line: "dashed",
            label: "reduced",
            colour: "sliced-reduced",
          },
          { points: plain, mark: "circle" },
          { points: reduced, mark: "square", colour: "sliced-reduced" },
          {
            points: [{ x: Math.SQRT1_2, y: plainVariance(Math.SQRT1_2) }],
            mark: "times",
            label: "ρ = 1/√2",
            lift: -18,
          },
        ],
      }),
      caption: "Lines: predicted; marks: measured. They cross at 1/√2.",
    },
  ],
});
