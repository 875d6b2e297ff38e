/** [15:42] Stein's unbiased risk estimate: a denoiser's error without the clean data. */

import { eye, random, type Tensor, type Tree, tree, valueAndGrad } from "@cotangent/autodiff";
import { type MlpParams, mlp } from "@cotangent/losses";
import { sure, tweedie } from "@cotangent/sampling";
import { gaussianMixture } from "@cotangent/training";
import { type ChartPoint, drawChart } from "../charts.ts";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearScore } from "../models.ts";

const p = gaussianMixture({
  means: [
    [-2.5, -1.5],
    [2.5, -1.5],
    [0, 2.5],
  ],
  weights: [0.5, 0.3, 0.2],
  std: 0.5,
});
const [sigma, d] = [0.5, 2];

interface Training {
  readonly sure: readonly ChartPoint[];
  readonly error: readonly ChartPoint[];
}

/** ‖h(x̃) − x‖² per sample for the denoiser h(x̃) = x̃ + σ²s(x̃). */
const squaredError = (s: (z: Tensor) => Tensor, x: Tensor, noisy: Tensor): Tensor =>
  tweedie(s, noisy, sigma).sub(x).square().sum(-1);

/** SURE and the true error on the same noisy samples, while denoising trains a network. */
async function duringTraining({ losses, engine, key, tick }: LectureContext): Promise<Training> {
  const { score, init } = mlp({ sizes: [d, 32, 32, d], activation: "tanh" });
  const objective = losses.denoising(score, { noise: losses.gaussian(sigma) });
  const compiled = engine.compile((params: Tree, k: Tree) => {
    const x = p.sample(random.foldIn(k as Tensor, 0), 128);
    const loss = (w: MlpParams) =>
      objective.mean(w, x, random.foldIn(k as Tensor, 1)).mul(sigma ** 2);
    const [, slope] = valueAndGrad(loss)(params as MlpParams);
    return tree.map((w: Tensor, g: Tensor) => w.sub(g.mul(0.2)), params as MlpParams, slope);
  });
  const x = p.sample(random.foldIn(key, 1), 4000);
  const noisy = x.add(random.normal(random.foldIn(key, 2), [4000, d]).mul(sigma));
  const places = [0, 5, 10, 20, 40, 80, 160, 320, 640];
  const found: { sure: ChartPoint[]; error: ChartPoint[] } = { sure: [], error: [] };
  let params = init(random.foldIn(key, 3));
  for (let step = 0; step <= 640; step++) {
    if (places.includes(step)) {
      const s = (z: Tensor): Tensor => score(params, z);
      found.sure.push({ x: Math.max(step, 3), y: sure(s, noisy, sigma).mean().item() });
      found.error.push({ x: Math.max(step, 3), y: squaredError(s, x, noisy).mean().item() });
    }
    params = compiled(params, random.foldIn(key, 10 + step)) as MlpParams;
    await tick(step / 640);
  }
  return found;
}

async function measure(context: LectureContext): Promise<Measured<Training>> {
  const { denoising, gaussian, implicit } = context.losses;
  // N(0, 1) at the optimum: ‖h − x‖² = dσ² + 2σ⁴·implicit on q = 2σ⁴·denoising, exactly.
  const grid = gaussianGrid(2);
  const [x, delta] = [columns(grid.points, 0, 1), columns(grid.points, 1, 2).mul(sigma)];
  const params = { A: eye(1).div(1 + sigma ** 2), b: eye(1).squeeze().mul(0) };
  const noisy = x.add(delta);
  const s = (z: Tensor): Tensor => linearScore(params, z);
  const onQ = grid.mean(implicit(linearScore).perSample(params, noisy, {}));
  const loss = grid.mean(
    denoising(linearScore, { noise: gaussian(sigma) }).perSample(params, x, { delta }),
  );
  const training = await duringTraining(context);

  const { score, init } = mlp({ sizes: [d, 16, 16, d] });
  const network = init(random.foldIn(context.key, 4));
  const { difference } = estimate(context, (key) => {
    const clean = p.sample(random.foldIn(key, 0), 1000);
    const seen = clean.add(random.normal(random.foldIn(key, 1), [1000, d]).mul(sigma));
    const h = (z: Tensor): Tensor => score(network, z);
    return {
      difference: sure(h, seen, sigma)
        .sub(squaredError(h, clean, seen))
        .mean(),
    };
  });
  return {
    rows: [
      exact("E‖h − x‖², N(0, 1), σ = .5", 0.2, grid.mean(squaredError(s, x, noisy))),
      exact("dσ² + 2σ⁴·implicit on q", 0.2, onQ.mul(2 * sigma ** 4).add(sigma ** 2)),
      exact("2σ⁴·denoising", 0.2, loss.mul(2 * sigma ** 4)),
      exact("E SURE", 0.2, grid.mean(sure(s, noisy, sigma))),
      estimated("E[SURE − ‖h − x‖²], random network", 0, difference),
    ],
    data: training,
  };
}

/** The risk without the truth. */
export const steinsEstimate: Claim = defineClaim({
  name: "sure",
  time: "15:42",
  title: "Stein’s unbiased risk estimate",
  statement:
    "The squared error of the denoiser x̃ + σ²s(x̃) can be estimated from noisy data alone: it is " +
    "2σ⁴ times the implicit objective plus dσ², and equals 2σ⁴ times the denoising objective.",
  formula: "E‖x̃ + σ²s(x̃) − x‖² = dσ² + 2σ⁴ E_q[tr J + ½‖s‖²] = 2σ⁴·denoising",
  measure,
  code: [squaredError, measure, duringTraining],
  figures: ({ sure: estimates, error }) => [
    {
      svg: drawChart("SURE and the true denoising error during training", {
        x: {
          label: "training steps (log scale; first mark: 0)",
          type: "log",
          ticks: [5, 10, 20, 40, 80, 160, 320, 640],
        },
        y: {
          label: "E‖h(x̃) − x‖² (data units²)",
          domain: [0.2, 0.7],
          ticks: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
        },
        right: 30,
        series: [
          { points: error, line: "solid", label: "true error", labelAt: 2, lift: 14 },
          {
            points: estimates,
            mark: "circle",
            colour: "denoising",
            label: "SURE, without clean data",
            labelAt: 4,
            lift: 12,
          },
        ],
      }),
      caption:
        "A network trained by denoising on three Gaussians, σ = .5; both numbers on the same 4000 noisy points.",
    },
  ],
});
