/** [14:12] Denoising has the flavour of finite differences. */

import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import type { Score } from "@cotangent/losses";
import { type ChartPoint, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { exact } from "../estimate.ts";
import { linearScore, randomLinear, smallNetwork } from "../models.ts";

const d = 3;

/** (control-variate denoising along ±v, their mean) − d/(2σ²) − (reduced sliced): of second order in σ. */
function remainder<P extends Tree>(
  { losses, key }: LectureContext,
  score: Score<P>,
  params: P,
  sigma: number,
): Tensor {
  const { x, v } = draws(key);
  const noisy = losses.denoising(score, { noise: losses.gaussian(sigma), controlVariate: true });
  const along = (step: number) => noisy.perSample(params, x, { delta: v.mul(step * sigma) });
  const limit = losses.sliced(score, { reduced: true }).perSample(params, x, { v });
  const both = along(1).add(along(-1)).mul(0.5);
  return both.sub(d / (2 * sigma ** 2)).sub(limit);
}

const draws = (key: Tensor) => ({
  x: random.normal(random.foldIn(key, 0), [50, d]),
  v: random.normal(random.foldIn(key, 1), [50, d]),
});

function measure(context: LectureContext): Measured<readonly ChartPoint[]> {
  const { key } = context;
  // A linear score's remainder is known: ½σ²‖Av‖².
  const [linear, sigma] = [randomLinear(d, random.foldIn(key, 2)), 0.3];
  const stretched = draws(key).v.matmul(linear.A.permute()).square().sum(-1);
  const onLinear = remainder(context, linearScore, linear, sigma);

  // The objective of Pang et al., two evaluations a step of length 0.3 apart: exact for linear s and ‖v‖² = d.
  const { x } = draws(key);
  const signs = { v: context.losses.rademacher(random.foldIn(key, 4), [1, 50, d]) };
  const pair = context.losses.finiteDifference(linearScore, { radius: 0.3 });
  const sliced = context.losses.sliced(linearScore, { reduced: true });
  const paired = pair.perSample(linear, x, signs).sub(sliced.perSample(linear, x, signs));

  const { score, params } = smallNetwork(d, random.foldIn(key, 3));
  const size = (at: number): number =>
    remainder<Tree>(context, score, params, at).square().mean().sqrt().item();
  const order = Math.log10(size(0.01) / size(0.001));
  return {
    rows: [
      exact(
        "linear score: remainder − ½σ²‖Av‖²",
        0,
        onLinear
          .sub(stretched.mul(sigma ** 2 / 2))
          .abs()
          .max(),
      ),
      exact("linear score: two evaluations − reduced sliced", 0, paired.abs().max()),
      exact("network: order of the remainder in σ", 2, order, 0.01),
      exact("network: remainder at σ = 0.001", 0, size(0.001), 1e-4),
    ],
    data: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3].map((at) => ({ x: at, y: size(at) })),
  };
}

/** The limit σ → 0 of the control-variate form. */
export const finiteDifferences: Claim = defineClaim({
  name: "finite-differences",
  time: "14:12",
  title: "It has the flavour of finite differences",
  statement:
    "With its control variate, denoising at x + σv is a finite difference of the score along v: as σ → 0 it " +
    "becomes the variance-reduced sliced objective plus d/(2σ²), with an error of order σ².",
  formula: "½‖s(x̃)‖² − (s(x̃) − s(x))·g + d/(2σ²) → vᵀJv + ½‖s‖² + d/(2σ²)",
  measure,
  code: [remainder, draws, measure],
  figures: (points) => [
    {
      svg: drawChart("Remainder of the control-variate form against sigma", {
        x: { label: "σ (data units)", type: "log", ticks: [0.001, 0.01, 0.1] },
        y: { label: "rms remainder", type: "log", ticks: [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1] },
        right: 30,
        series: [
          {
            points: points.map(({ x }) => ({ x, y: (points[2]?.y ?? 0) * (x / 0.01) ** 2 })),
            line: "dashed",
            label: "slope 2",
            labelAt: 3,
            lift: -16,
          },
          { points, mark: "circle", colour: "denoising" },
        ],
      }),
      caption:
        "What is left of denoising’s control-variate form without the sliced objective and the constant.",
    },
  ],
});
