// Objectives written out from their formulas, so that tests can write wrong ones.
import { jvp, type Tensor, type Tree, tensor } from "@cotangent/autodiff";
import {
  type Draws,
  defineObjective,
  type Objective,
  rademacher,
  type Score,
} from "@cotangent/losses";
import { eye } from "./linear-score.ts";

/** A value per sample, from the score as a function of x and the draws. */
export type Formula = (s: (x: Tensor) => Tensor, x: Tensor, draws: Draws) => Tensor;

/** The objective of a formula; its draws are one Rademacher direction unless given. */
export function formulaObjective<P extends Tree>(
  score: Score<P>,
  formula: Formula,
  draw: Objective<P>["draw"] = (key, x) => ({ v: rademacher(key, [1, ...x.shape]) }),
): Objective<P> {
  return defineObjective<P>({
    name: "formula",
    draw,
    perSample: (params, x, draws) => formula((z) => score(params, z), x, draws),
  });
}

/** tr J by one tangent an axis, in a plain loop. x: [B, d] → [B] */
export function loopTrace(s: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const [batch = 0, d = 0] = x.shape;
  const diagonals = Array.from({ length: d }, (_, i) => {
    const rows = Array.from({ length: batch }, () => eye(d)[i] ?? []);
    const e = tensor(rows);
    return jvp(s, [x], [e])[1].mul(e).sum(-1);
  });
  return diagonals.reduce((a, b) => a.add(b));
}

/** vᵀJv by one tangent. v: [M, B, d], the first slice; result [B]. */
export function quadraticForm(s: (x: Tensor) => Tensor, x: Tensor, draws: Draws): Tensor {
  const v = drawOf(draws, "v")
    .slice([0, 0, 0], [1, ...x.shape])
    .reshape(x.shape);
  return jvp(s, [x], [v])[1].mul(v).sum(-1);
}

/** A draw that must be there. */
export function drawOf(draws: Draws, name: string): Tensor {
  const value = draws[name];
  if (!value) throw new Error(`no draw ${name}`);
  return value;
}
