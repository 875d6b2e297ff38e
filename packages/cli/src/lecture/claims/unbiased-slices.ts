/** [26:47–27:54] Slices are unbiased; averaging M of them helps; d orthogonal ones are exact. */

import { random, type Tensor } from "@cotangent/autodiff";
import type { Projection } from "@cotangent/losses";
import { type ChartPoint, curveOf, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact, unbiasedVariance } from "../estimate.ts";
import { smallNetwork, standardNormal } from "../models.ts";

const d = 6;

/** d orthogonal slices against the exact trace, per sample. */
function orthogonalSlices({ losses, key }: LectureContext, reduced: boolean): Tensor {
  const { score, params } = smallNetwork(d, random.foldIn(key, 0));
  const x = random.normal(random.foldIn(key, 1), [20, d]);
  const sliced = losses.sliced(score, { projections: d, distribution: losses.orthogonal, reduced });
  const draws = sliced.draw(random.foldIn(key, 2), x);
  const difference = sliced
    .perSample(params, x, draws)
    .sub(losses.implicit(score).perSample(params, x, {}));
  return difference.abs().max();
}

function measure(context: LectureContext): Measured<readonly ChartPoint[]> {
  const { losses, key } = context;
  const { score, params } = smallNetwork(d, random.foldIn(key, 0));
  const distributions: { readonly [name: string]: Projection } = {
    Rademacher: losses.rademacher,
    Gaussian: losses.gaussianDirections,
    sphere: losses.sphere,
    orthogonal: losses.orthogonal,
  };
  const unbiased = Object.entries(distributions).map(([name, distribution]) => {
    const sliced = losses.sliced(score, { projections: 2, distribution });
    const { difference } = estimate(context, (k) => {
      const x = random.normal(random.foldIn(k, 0), [1000, d]);
      const exactValue = losses.implicit(score).mean(params, x, k);
      return { difference: sliced.mean(params, x, random.foldIn(k, 1)).sub(exactValue) };
    });
    return estimated(`sliced − implicit, two slices, ${name}`, 0, difference);
  });

  // On N(0, I_d) with s = −x the variance is d/4·(d + …)/M beside what x itself has.
  const byProjections = [1, 2, 4, 8, 16].map((M) => {
    const sliced = losses.sliced(standardNormal, { projections: M });
    const { variance } = estimate(context, (k) => {
      const x = random.normal(random.foldIn(k, 0), [1000, d]);
      const values = sliced.perSample(0, x, sliced.draw(random.foldIn(k, 1), x));
      return { variance: unbiasedVariance(values) };
    });
    return { M, variance };
  });
  return {
    rows: [
      exact("d orthogonal slices − exact, plain", 0, orthogonalSlices(context, false), 1e-12),
      exact("d orthogonal slices − exact, reduced", 0, orthogonalSlices(context, true), 1e-12),
      ...unbiased,
      ...byProjections.map(({ M, variance }) =>
        estimated(`variance of M = ${M} slices on N(0, I₆)`, slicedVariance(M), variance),
      ),
    ],
    data: byProjections.map(({ M, variance }) => ({
      x: M,
      y: variance.value,
      error: variance.standardError,
    })),
  };
}

/** d/2 from x, and (d² − d)/(2M) from the directions: Var[½(v·x)² | x] = (‖x‖⁴ − Σx_i⁴)/2, Rademacher. */
const slicedVariance = (M: number): number => d / 2 + (d ** 2 - d) / (2 * M);

/** More slices. */
export const unbiasedSlices: Claim = defineClaim({
  name: "unbiased-slices",
  time: "26:47–27:54",
  title: "Unbiased; more slices help; d orthogonal ones are exact",
  statement:
    "Sliced score matching has the exact objective as its mean. Averaging M slices divides what the directions " +
    "add to the variance by M, and d mutually orthogonal slices leave nothing of it.",
  formula: "E_v[vᵀJv + ½(v·s)²] = tr J + ½‖s‖²",
  measure,
  code: [orthogonalSlices, slicedVariance, measure],
  figures: (points) => [
    {
      svg: drawChart("Per-sample variance against the number of slices", {
        x: { label: "slices M", type: "log", ticks: [1, 2, 4, 8, 16] },
        y: { label: "per-sample variance", domain: [0, 20], ticks: [0, 5, 10, 15, 20] },
        right: 30,
        rules: [d / 2],
        series: [
          {
            points: curveOf(slicedVariance, 1, 16, { log: true }),
            line: "solid",
            label: "d/2 + (d² − d)/(2M)",
            labelAt: 14,
            lift: 8,
          },
          { points: [{ x: 1, y: d / 2 }], label: "exact objective: d/2", lift: -12 },
          { points, mark: "circle", colour: "sliced" },
        ],
      }),
      caption:
        "Rademacher slices on N(0, I₆) with the true score. Line: predicted; circles: measured.",
    },
  ],
});
