// Steps that move elements.
import {
  broadcastTo,
  concat,
  expandDims,
  flip,
  gather,
  pad,
  permute,
  reshape,
  slice,
  stack,
  tensor,
} from "@cotangent/autodiff";
import { along, bounds, one, type Step } from "./step.ts";

export const layoutSteps: readonly Step[] = [
  one("permute", (x) => permute(x)),
  one("flatten", (x) => reshape(x, [x.size])),
  one("flip", (x) => flip(x)),
  one("expandDims", (x, p) =>
    x.shape.length > 2 ? x.neg() : expandDims(x, p % (x.shape.length + 1)),
  ),
  one("broadcastTo", (x) => (x.size > 12 ? x.neg() : broadcastTo(x, [2, ...x.shape]))),
  along("slice", (x, axis, p) => slice(x, bounds(x, axis, p % (x.shape[axis] as number)))),
  along("every second", (x, axis) =>
    slice(
      x,
      [],
      [],
      x.shape.map((_, i) => (i === axis ? 2 : 1)),
    ),
  ),
  along("pad", (x, axis) =>
    x.size > 12
      ? flip(x, axis)
      : pad(
          x,
          x.shape.map((_, i) => (i === axis ? [1, 0] : [0, 0])),
          0.3,
        ),
  ),
  along("gather", (x, axis, p) =>
    gather(
      x,
      tensor(
        [0, p, p + 1].map((i) => i % (x.shape[axis] as number)),
        { dtype: "i32" },
      ),
      axis,
    ),
  ),
  {
    name: "concat",
    apply: (x, other) =>
      x.size > 12 || x.shape.length === 0
        ? x.neg()
        : concat([
            x,
            other((shape) => `${shape.slice(1)}` === `${x.shape.slice(1)}` && shape.length > 0),
          ]),
  },
  {
    name: "stack",
    apply: (x, other, p) =>
      x.size > 12 || x.shape.length > 2
        ? x.neg()
        : stack([other((shape) => `${shape}` === `${x.shape}`), x], p % (x.shape.length + 1)),
  },
];
