// Steps that reduce, scan or multiply along an axis.
import {
  add,
  cumsum,
  einsum,
  logsumexp,
  matmul,
  mean,
  mul,
  neg,
  norm,
  permute,
  prod,
  type Shape,
  softmax,
  square,
  sum,
  variance,
} from "@cotangent/autodiff";
import { along, damped, half, type Step } from "./step.ts";

export const reducingSteps: readonly Step[] = [
  along("sum", (x, axis) => mul(1 / (x.shape[axis] as number), sum(x, axis))),
  along("mean", (x, axis) => mean(x, axis, { keepDims: true })),
  along("variance", (x, axis) => variance(x, axis)),
  along("norm", (x, axis) => half(norm(add(1.2, square(x)), axis))),
  along("prod", (x, axis) => prod(add(0.5, damped(x)), axis)),
  along("logsumexp", (x, axis) => half(logsumexp(x, axis))),
  along("softmax", (x, axis) => softmax(x, axis)),
  along("cumsum", (x, axis) => mul(1 / (x.shape[axis] as number), cumsum(x, axis))),
  {
    name: "matmul",
    apply(x, other) {
      if (x.shape.length === 0) return neg(x);
      const fits = (shape: Shape) => shape.at(Math.max(-2, -shape.length)) === x.shape.at(-1);
      const w = other((shape) => shape.length > 0 && shape.length < 3 && fits(shape));
      const swapped = x.shape.map((_, axis) => axis);
      swapped.push(...swapped.splice(-2).reverse());
      return mul(0.3, matmul(x, fits(w.shape) ? w : permute(x, swapped)));
    },
  },
  along("einsum", (x) => {
    const names = "abcde".slice(0, x.shape.length);
    return half(einsum(`${names},${names}->${names[0]}`, damped(x), x));
  }),
];
