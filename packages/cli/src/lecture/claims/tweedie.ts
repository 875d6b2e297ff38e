/** [19:17–22:00] Tweedie's formula: the score of the noisy data denoises. */

import { type Tensor, tensor } from "@cotangent/autodiff";
import { tweedie } from "@cotangent/sampling";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { exact } from "../estimate.ts";
import {
  type DenoisingPicture,
  denoisingFigure,
  denoisingPicture,
} from "../pictures/denoising-arrows.ts";

const points = [-2, 0, 2.5];
const sigma = 0.7;

/** log q(x̃) up to a constant, for data at three points. x̃: [B, 1] → [B] */
const logDensity = (_: unknown, noisy: Tensor): Tensor =>
  noisy
    .sub(tensor(points))
    .square()
    .div(-2 * sigma ** 2)
    .logsumexp(-1);

/** E[x | x̃] by Bayes' rule, in plain arithmetic. */
function posteriorMean(noisy: number): number {
  const weights = points.map((m) => Math.exp(-((noisy - m) ** 2) / (2 * sigma ** 2)));
  const total = weights.reduce((a, b) => a + b, 0);
  return points.reduce((sum, m, i) => sum + (m * (weights[i] ?? 0)) / total, 0);
}

function measure({ losses }: LectureContext): Measured<DenoisingPicture> {
  const energyModel = losses.scoreOf(logDensity);
  const score = (z: Tensor) => energyModel(0, z);
  const places = [-3, -1, 0.4, 1, 2];
  const denoised = tweedie(score, tensor(places.map((x) => [x])), sigma).data;
  return {
    rows: [
      exact("∇log q(1)", -0.928118874, score(tensor([[1]])).squeeze(), 1e-9),
      exact("E[x | x̃ = 1]", 0.545221752, tweedie(score, tensor([[1]]), sigma).squeeze(), 1e-9),
      ...places.map((x, i) =>
        exact(`x̃ + σ²∇log q(x̃) at x̃ = ${x}`, posteriorMean(x), Number(denoised[i])),
      ),
    ],
    data: denoisingPicture(losses.scoreOf),
  };
}

/** Denoising by the score. */
export const tweedieFormula: Claim = defineClaim({
  name: "tweedie",
  time: "19:17–22:00",
  title: "Tweedie’s formula",
  statement:
    "For Gaussian noise the best guess at the clean point is the noisy point moved along the score of the " +
    "noisy density. Here the data are three points and the score is the gradient of a log density.",
  formula: "E[x | x̃] = x̃ + σ²∇log q(x̃)",
  measure,
  code: [logDensity, posteriorMean, measure],
  figures: (picture) => [denoisingFigure(picture)],
});
