/** [26:37] The Fisher divergence without the true score; networks learned by three objectives. */

import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { type MlpParams, mlp, type Objective } from "@cotangent/losses";
import { adam, cosine, fitSteps } from "@cotangent/training";
import { mixture, points, scoreEnergy } from "../../compare/problem.ts";
import type { Point } from "../../compare/result.ts";
import {
  type Claim,
  defineClaim,
  type Figure,
  type LectureContext,
  type Measured,
} from "../claim.ts";
import { estimate, estimated, exact } from "../estimate.ts";
import { gaussianGrid } from "../gaussian-grid.ts";
import { linearScore, randomLinear } from "../models.ts";
import { drawPlane, midpoints, type Window } from "../pictures/plane.ts";

const network = mlp({ sizes: [2, 64, 64, 2], activation: "tanh" });
const window: Window = { x: [-4.3, 4.3], y: [-3.8, 4.8] };

type Fields = readonly {
  readonly name: string;
  readonly field: readonly Point[];
  readonly fisher?: number;
}[];

/** Trains the network on 20,000 samples of three Gaussians. */
async function learn(
  context: LectureContext,
  objective: Objective,
  part: number,
): Promise<MlpParams> {
  const { engine, key, tick } = context;
  const steps = fitSteps({
    objective,
    params: network.init(random.foldIn(key, 0)),
    data: mixture.sample(random.foldIn(key, 1), 20000),
    optimiser: adam({ learningRate: 0.01, schedule: cosine({ steps: 700, final: 0.05 }) }),
    engine,
    seed: 1,
    steps: 700,
    batchSize: 128,
    ema: 0.98,
  });
  for (let step = 1; ; step++) {
    const next = steps.next();
    if (next.done) return (next.value.emaParams ?? next.value.params) as MlpParams;
    await tick((part + step / 700) / 3);
  }
}

async function measure(context: LectureContext): Promise<Measured<Fields>> {
  const { losses } = context;
  // A random linear score on N(0, I), whose score is −x and ½E‖∇log p‖² = d/2.
  const { points: nodes, mean } = gaussianGrid(3);
  const linear = randomLinear(3, context.key);
  const divergence = losses.explicit(linearScore, (x) => x.neg()).perSample(linear, nodes, {});
  const implicit = losses.implicit(linearScore).perSample(linear, nodes, {});
  const rows = [
    exact("explicit − implicit, linear score on N(0, I₃)", 1.5, mean(divergence.sub(implicit))),
  ];

  const objectives: { readonly [name: string]: Objective } = {
    implicit: losses.implicit(network.score),
    sliced: losses.sliced(network.score),
    denoising: losses.denoising(network.score, { noise: losses.gaussian(0.2) }),
  };
  const places = tensor(fieldPlaces());
  const fields: { name: string; field: Point[]; fisher?: number }[] = [
    { name: "true", field: points(mixture.score(places)) },
  ];
  for (const [name, objective] of Object.entries(objectives)) {
    const params = await learn(context, objective, fields.length - 1);
    const { difference, fisher } = estimate(context, (key) => {
      const x = mixture.sample(key, 1000);
      const far = losses
        .explicit(network.score, (z: Tensor) => mixture.score(z))
        .perSample(params, x, {});
      const near = losses.implicit(network.score).perSample(params, x, {});
      return { difference: far.sub(near).mean(), fisher: far.mean() };
    });
    rows.push(
      estimated(
        `explicit − implicit, network learned by ${name}`,
        scoreEnergy(mixture),
        difference,
      ),
    );
    fields.push({ name, field: points(network.score(params, places)), fisher: fisher.value });
  }
  return { rows, data: fields };
}

/** Where arrows are drawn: where the density is not negligible. */
function fieldPlaces(): Point[] {
  const places = midpoints(window, 19, 19);
  const density = mixture.logDensity(tensor(places)).exp().data;
  const highest = Array.from(density, Number).reduce((a, b) => Math.max(a, b), 0);
  return places.filter((_, i) => Number(density[i]) > 0.01 * highest);
}

function figures(fields: Fields): Figure[] {
  const values = mixture.logDensity(tensor(midpoints(window, 72, 72))).exp().data;
  const shading = { columns: 72, rows: 72, values: Array.from(values, Number) };
  const places = fieldPlaces();
  return fields.map(({ name, field, fisher }) => ({
    svg: drawPlane(`Density and ${name} score field`, window, shading, {
      arrows: places.map((from, i) => ({ from, by: field[i] ?? [0, 0] })),
      arrowScale: 0.075,
    }),
    caption:
      fisher === undefined
        ? "<b>True score</b> over the density of three Gaussians. All four panels have the same arrows’ places and scale."
        : `<b>Learned by ${name}</b>: E½‖s − ∇log p‖² = ${fisher.toFixed(3)}; a score of zero has ${scoreEnergy(mixture).toFixed(2)}.`,
  }));
}

/** Score matching without the score. */
export const implicitScoreMatching: Claim = defineClaim({
  name: "implicit",
  time: "26:37",
  title: "No true score needed",
  statement:
    "Integration by parts turns the distance from the unknown score into the trace of the Jacobian and the squared norm, " +
    "plus a constant of the data: whatever the score, and whichever objective trained it.",
  formula: "½E‖s − ∇log p‖² = E[tr J + ½‖s‖²] + ½E‖∇log p‖²",
  measure,
  code: [learn, measure],
  figures,
});
