/** [05:33–08:22] The unknown cross term may be replaced by one with the noise's own gradient. */

import { eye, random, type Tensor } from "@cotangent/autodiff";
import { gaussianMixture } from "@cotangent/training";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearScore, randomLinear, smallNetwork } from "../models.ts";

const sigma = 0.4;
const p = gaussianMixture({
  means: [
    [-1, -1],
    [1, 0.5],
  ],
  weights: [0.3, 0.7],
  std: 0.3,
});
const q = p.perturbed(sigma);

/** s(x̃)·∇log q(x̃) − s(x̃)·g per sample, whose mean is zero for any s. */
const difference = (s: Tensor, score: Tensor, g: Tensor): Tensor => s.mul(score.sub(g)).sum(-1);

function measure(context: LectureContext): Measured<undefined> {
  const { gaussian } = context.losses;
  const noise = gaussian(sigma);

  // Two random networks on a mixture, by sampling: the paired difference has mean zero.
  const networks = [0, 1].map((i) => smallNetwork(2, random.foldIn(context.key, 100 + i)));
  const onMixture = networks.map(({ score, params }) =>
    estimate(context, (key) => {
      const delta = noise.sample(random.foldIn(key, 0), [2000, 2]);
      const noisy = p.sample(random.foldIn(key, 1), 2000).add(delta);
      const s = score(params, noisy);
      return { mean: difference(s, q.score(noisy), noise.logDensityGradient(delta)).mean() };
    }),
  );

  // A random linear score on N(0, I), exactly: q = N(0, (1 + σ²)I).
  const grid = gaussianGrid(4);
  const delta = columns(grid.points, 2, 4).mul(sigma);
  const noisy = columns(grid.points, 0, 2).add(delta);
  const params = randomLinear(2, context.key);
  const s = linearScore(params, noisy);
  const trace = params.A.mul(eye(2)).sum().item();
  const left = grid.mean(s.mul(noisy.div(-(1 + sigma ** 2))).sum(-1));
  const right = grid.mean(s.mul(noise.logDensityGradient(delta)).sum(-1));
  return {
    data: undefined,
    rows: [
      exact("E[s·∇log q], linear s", trace, left),
      exact("E[s(x̃)·(−ε/σ)], linear s", trace, right),
      ...onMixture.map(({ mean }, i) => estimated(`the difference, network ${i + 1}`, 0, mean)),
    ],
  };
}

/** The cross term. */
export const anyScore: Claim = defineClaim({
  name: "any-score",
  time: "05:33–08:22",
  title: "The cross term does not need ∇log q",
  statement:
    "For any vector field s, its inner product with the unknown score of q equals, on average, its " +
    "inner product with the gradient of the noise kernel, which is known.",
  formula: "E_q[s·∇log q] = E[s(x̃)·∇log q(x̃|x)] = E[s(x̃)·(−ε/σ)]",
  measure,
  code: [difference, measure],
});
