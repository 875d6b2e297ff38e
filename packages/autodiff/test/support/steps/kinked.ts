// Steps with kinks, ties and barriers: every law but differences holds for them too.
import {
  abs,
  argmax,
  astype,
  floor,
  gather,
  greater,
  max,
  maximum,
  min,
  minimum,
  mod,
  mul,
  relu,
  sign,
  sort,
  stopGradient,
  type Tensor,
  where,
} from "@cotangent/autodiff";
import { along, one, type Step, two } from "./step.ts";

export const kinkedSteps: readonly Step[] = [
  one("abs", (x) => abs(x)),
  one("relu", (x) => relu(x)),
  one("sign", (x) => mul(sign(x), x)),
  one("floor", (x) => mul(0.4, floor(x)).add(x.mul(0.5))),
  one("round trip through i32", (x) => mul(astype(astype(x, "i32"), "f64"), x).mul(0.3)),
  one("a barrier", (x) => mul(stopGradient(x), x).mul(0.5)),
  one("mod", (x) => mod(x, 0.75)),
  one("a tie", (x) => maximum(x, x)),
  two("maximum", (x, y) => maximum(x, y)),
  two("minimum", (x, y) => minimum(y, x)),
  two("a choice by value", (x, y) => where(greater(x, y), x, mul(0.5, y))),
  along("max", (x, axis) => max(x, axis)),
  along("min", (x, axis) => min(x, axis, { keepDims: true })),
  along("sort", (x, axis) => sort(x, axis)),
  along("gather by argmax", (x, axis) =>
    gather(x, argmax(x, axis).reshape([-1]).slice([0], [1]), axis),
  ),
  along("a tied max", (x: Tensor, axis) => max(floor(mul(2, x)), axis).mul(0.2)),
];
