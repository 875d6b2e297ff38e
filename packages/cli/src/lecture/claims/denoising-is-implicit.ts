/** [08:49–10:26, 17:20] Denoising is implicit score matching on the noisy density, up to a constant. */

import { random } from "@cotangent/autodiff";
import { gaussianMixture } from "@cotangent/training";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { estimate, estimated, exact } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { linearScore, randomLinear, smallNetwork } from "../models.ts";

const p = gaussianMixture({
  means: [
    [-1, -1],
    [1, 0.5],
  ],
  weights: [0.3, 0.7],
  std: 0.3,
});

/** d/(2σ²), the same for every model. */
const constant = (d: number, sigma: number): number => d / (2 * sigma ** 2);

function measure(context: LectureContext): Measured<undefined> {
  const { denoising, gaussian, implicit } = context.losses;

  const linear = [0, 1].map((i) => {
    const params = randomLinear(2, random.foldIn(context.key, i));
    const grid = gaussianGrid(4);
    const [x, delta] = [columns(grid.points, 0, 2), columns(grid.points, 2, 4).mul(0.5)];
    const noisy = denoising(linearScore, { noise: gaussian(0.5) }).perSample(params, x, { delta });
    const onQ = implicit(linearScore).perSample(params, x.add(delta), {});
    return exact(`difference, linear score ${i + 1}`, constant(2, 0.5), grid.mean(noisy.sub(onQ)));
  });

  const networks = [0, 1].map((i) => {
    const { score, params } = smallNetwork(2, random.foldIn(context.key, 100 + i));
    const objective = denoising(score, { noise: gaussian(0.4) });
    const { mean } = estimate(context, (key) => {
      const x = p.sample(random.foldIn(key, 0), 2000);
      const draws = objective.draw(random.foldIn(key, 1), x);
      const onQ = implicit(score).perSample(params, x.add(draws.delta ?? 0), {});
      return { mean: objective.perSample(params, x, draws).sub(onQ).mean() };
    });
    return estimated(`difference, network ${i + 1}`, constant(2, 0.4), mean);
  });
  return { rows: [...linear, ...networks], data: undefined };
}

/** Two objectives, one minimiser. */
export const denoisingIsImplicit: Claim = defineClaim({
  name: "denoising-is-implicit",
  time: "08:49–10:26, 17:20",
  title: "Denoising = implicit on q + constant",
  statement:
    "The denoising objective and the implicit objective on the noisy density differ by a constant " +
    "that does not depend on the model: two different models show the same constant.",
  formula: "½E‖s(x̃) + ε/σ‖² = E_q[tr J + ½‖s‖²] + d/(2σ²)",
  measure,
  code: [constant, measure],
});
