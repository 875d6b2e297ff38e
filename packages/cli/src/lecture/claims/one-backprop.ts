/** [24:13–26:44] vᵀJv takes one backprop; the trace takes d. */

import { grad, jvp, random, type Tensor } from "@cotangent/autodiff";
import { type Claim, defineClaim, type LectureContext, type Measured } from "../claim.ts";
import { exact } from "../estimate.ts";
import { smallNetwork } from "../models.ts";

const d = 6;

function measure({ losses, key }: LectureContext): Measured<undefined> {
  const { score, params } = smallNetwork(d, random.foldIn(key, 0));
  const x = random.normal(random.foldIn(key, 1), [20, d]);
  const v = random.normal(random.foldIn(key, 2), [20, d]);
  const s = (z: Tensor): Tensor => score(params, z);

  const forward = v.mul(jvp(s, [x], [v])[1]).sum(-1);
  const backward = grad((z: Tensor) => s(z).mul(v).sum())(x)
    .mul(v)
    .sum(-1);
  const objective = losses.sliced(score).perSample(params, x, { v });
  const fromBackprop = backward.add(s(x).mul(v).sum(-1).square().mul(0.5));

  const exactTrace = (useContraction: boolean) =>
    losses.implicit(score, { useContraction }).perSample(params, x, {});
  const largest = (a: Tensor, b: Tensor) => a.sub(b).abs().max();
  return {
    rows: [
      exact("vᵀJv by a JVP − by a VJP, largest of 20", 0, largest(forward, backward), 1e-12),
      exact(
        "sliced − [∇(v·s)·v + ½(v·s)²], largest of 20",
        0,
        largest(objective, fromBackprop),
        1e-12,
      ),
      exact(
        "trace by d JVPs − by contraction, largest of 20",
        0,
        largest(exactTrace(false), exactTrace(true)),
        1e-12,
      ),
    ],
    data: undefined,
  };
}

/** Two routes to one number. */
export const oneBackprop: Claim = defineClaim({
  name: "one-backprop",
  time: "24:13–26:44",
  title: "One backprop along v",
  statement:
    "vᵀJv is the gradient of v·s, times v: one backward pass, or one forward-mode pass. Both routes give the " +
    "same number, and for a perceptron the whole trace is a small contraction.",
  formula: "vᵀJv = ∇_x(v·s)·v",
  measure,
  code: [measure],
});
