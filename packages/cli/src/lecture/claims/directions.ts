/** [25:45–26:34] Fresh directions for every point, Gaussian or Rademacher. */

import { random, type Tensor, tensor } from "@cotangent/autodiff";
import type { Objective, Projection } from "@cotangent/losses";
import { type Claim, defineClaim, type LectureContext, type Measured, type Row } from "../claim.ts";
import { estimate, estimated, exact, unbiasedVariance } from "../estimate.ts";
import { columns, gaussianGrid } from "../gaussian-grid.ts";
import { standardNormal } from "../models.ts";

/** Per-sample variances on N(0, I_d) with s = −x. */
const variances = {
  implicit: (d: number) => d / 2,
  "sliced, Gaussian": (d: number) => d ** 2 / 2 + 1.5 * d,
  "sliced, Rademacher": (d: number) => d ** 2 / 2,
  "sliced, sphere": (d: number) => d ** 2 / 2,
  "reduced, Gaussian": (d: number) => 2.5 * d,
  "reduced, Rademacher": (d: number) => d / 2,
  "reduced, sphere": (d: number) => d / 2,
} as const;
type Name = keyof typeof variances;

/** The objectives of that table. */
function objectives({ losses }: LectureContext): { readonly [name in Name]: Objective } {
  const { implicit, sliced, rademacher, gaussianDirections, sphere } = losses;
  const by = (distribution: Projection, reduced: boolean) =>
    sliced(standardNormal, { distribution, reduced });
  return {
    implicit: implicit(standardNormal),
    "sliced, Gaussian": by(gaussianDirections, false),
    "sliced, Rademacher": by(rademacher, false),
    "sliced, sphere": by(sphere, false),
    "reduced, Gaussian": by(gaussianDirections, true),
    "reduced, Rademacher": by(rademacher, true),
    "reduced, sphere": by(sphere, true),
  };
}

/** Two dimensions exactly: nodes for x and Gaussian v, all sign vectors for Rademacher. */
function exactly(all: { readonly [name in Name]: Objective }): Row[] {
  const joint = gaussianGrid(4, 5);
  const [x, gaussian] = [columns(joint.points, 0, 2), columns(joint.points, 2, 4)];
  const variance = (value: (v: Tensor) => Tensor, directions: readonly Tensor[]) => {
    const moment = (power: number): number =>
      directions.reduce((sum, v) => sum + joint.mean(value(v).pow(power)).item(), 0) /
      directions.length;
    return moment(2) - moment(1) ** 2;
  };
  const signs = [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ].map((v) => tensor([v]).broadcastTo(x.shape));
  const names = Object.keys(variances) as Name[];
  return names
    .filter((name) => !name.endsWith("sphere"))
    .map((name) => {
      const directions = name.endsWith("Gaussian") ? [gaussian] : signs;
      const found = variance((v) => all[name].perSample(0, x, { v }), directions);
      return exact(`variance, d = 2, ${name}`, variances[name](2), found);
    });
}

function measure(context: LectureContext): Measured<undefined> {
  const d = 10;
  const all = objectives(context);
  const rows = Object.entries(all).flatMap(([name, objective]) => {
    const found = estimate(context, (key) => {
      const x = random.normal(random.foldIn(key, 0), [2000, d]);
      const values = objective.perSample(0, x, objective.draw(random.foldIn(key, 1), x));
      return {
        mean: objective.mean(0, x, random.foldIn(key, 2)),
        variance: unbiasedVariance(values),
      };
    });
    return [
      estimated(`mean, d = 10, ${name}`, -d / 2, found.mean),
      estimated(`variance, d = 10, ${name}`, variances[name as Name](d), found.variance),
    ];
  });

  // The mean of a batch of 50 rows, drawn 400 times: with fresh directions, and with one for all rows.
  const [batches, size] = [400, 50];
  const objective = all["reduced, Gaussian"];
  const spread = estimate(context, (key) => {
    const x = random.normal(random.foldIn(key, 0), [batches * size, d]);
    const { v } = objective.draw(random.foldIn(key, 1), x) as { v: Tensor };
    const one = v.reshape([batches, size, d]).slice([0, 0, 0], [batches, 1, d]);
    const shared = one.broadcastTo([batches, size, d]).reshape([1, batches * size, d]);
    const ofBatch = (values: Tensor) => unbiasedVariance(values.reshape([batches, size]).mean(1));
    return {
      fresh: ofBatch(objective.perSample(0, x, { v })),
      shared: ofBatch(objective.perSample(0, x, { v: shared })),
    };
  });
  return {
    rows: [
      ...exactly(all),
      ...rows,
      estimated("variance of a batch mean (50 rows), fresh v", (2.5 * d) / size, spread.fresh),
      estimated(
        "variance of a batch mean, one v for all rows",
        2 * d + d / 2 / size,
        spread.shared,
      ),
    ],
    data: undefined,
  };
}

/** The choice of directions. */
export const freshDirections: Claim = defineClaim({
  name: "directions",
  time: "25:45–26:34",
  title: "Fresh directions for every point",
  statement:
    "Gaussian and Rademacher directions (and the sphere of radius √d) give the same mean and different " +
    "variances; one direction shared by a batch leaves a variance that no batch size removes.",
  formula: "E[vvᵀ] = I:   E[vᵀJv] = tr J",
  measure,
  code: [objectives, exactly, measure],
});
