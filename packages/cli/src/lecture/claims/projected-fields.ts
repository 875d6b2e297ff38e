/** [22:28–24:08, 28:52] Fields that match along random directions match; integration by parts still works. */

import { type Tensor, tensor } from "@cotangent/autodiff";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { exact } from "../estimate.ts";
import { gaussianGrid } from "../gaussian-grid.ts";
import { linearScore, randomLinear } from "../models.ts";

function measure({ losses, key }: LectureContext): Measured<undefined> {
  // x ~ N(0, I) on a grid of nodes; all four sign vectors: both expectations are exact.
  const { points: x, mean } = gaussianGrid(2);
  const signs = tensor([
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ]);
  const v = signs.expandDims(1).broadcastTo([4, ...x.shape]);
  const params = randomLinear(2, key);
  const toScore = (z: Tensor): Tensor => z.neg().sub(linearScore(params, z));
  const matched = mean(v.mul(toScore(x)).sum(-1).square().mean(0)).mul(0.5);
  const objective = losses.sliced(linearScore, { projections: 4 });
  const reduced = losses.sliced(linearScore, { projections: 4, reduced: true });
  const implicit = mean(losses.implicit(linearScore).perSample(params, x, {})).item();

  // ½E‖∇log p‖² = d/2 for N(0, I).
  return {
    rows: [
      exact(
        "E[vᵀJv + ½(v·s)²] + ½E‖∇log p‖²",
        matched.item(),
        mean(objective.perSample(params, x, { v })).add(1),
      ),
      exact(
        "the same without directions, tr J + ½‖s‖²",
        implicit,
        mean(objective.perSample(params, x, { v })),
      ),
      exact("the reduced form, vᵀJv + ½‖s‖²", implicit, mean(reduced.perSample(params, x, { v }))),
    ],
    data: undefined,
  };
}

/** Slicing is score matching. */
export const projectedFields: Claim = defineClaim({
  name: "projected-fields",
  time: "22:28–24:08, 28:52",
  title: "Projected fields",
  statement:
    "Instead of the vectors one may compare their projections on random directions, and the unknown score " +
    "again leaves the objective by integration by parts.",
  formula: "½E(v·∇log p − v·s)² = E[vᵀJv + ½(v·s)²] + ½E‖∇log p‖²",
  measure,
  code: [measure],
});
