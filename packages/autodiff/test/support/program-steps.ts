// The steps of random programs: operations damped so that values stay within about ±2.
//
// A step sees the shape of its operand and a number p that settles every choice (axis, bounds, variant).
import {
  add,
  atan,
  atan2,
  broadcastTo,
  checkpoint,
  concat,
  cos,
  cumsum,
  customJvp,
  customVjp,
  div,
  einsum,
  erf,
  exp,
  expandDims,
  flip,
  gather,
  gelu,
  grad,
  jvp,
  log1p,
  logsumexp,
  matmul,
  mean,
  mul,
  neg,
  norm,
  pad,
  permute,
  pow,
  prod,
  reshape,
  type Shape,
  sigmoid,
  silu,
  sin,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  variance,
  vjp,
  vmap,
  where,
} from "@cotangent/autodiff";

/** `other(fits)` is an earlier value whose shape fits, or x itself. */
export type Other = (fits: (shape: Shape) => boolean) => Tensor;
export interface Step {
  readonly name: string;
  apply(x: Tensor, other: Other, p: number): Tensor;
}

/** Whether a shape broadcasts with that of x. */
const broadcasts = (x: Tensor) => (shape: Shape) =>
  shape.every((length, axis) => {
    const own = x.shape[axis - shape.length + x.shape.length] ?? 1;
    return length === own || length === 1 || own === 1;
  });
const half = (x: Tensor) => mul(0.5, x);
/** Small enough to take products of. */
const damped = (x: Tensor) => mul(0.7, tanh(x));

/** A step of one value. */
export const one = (name: string, f: (x: Tensor, p: number) => Tensor): Step => ({
  name,
  apply: (x, _other, p) => f(x, p),
});
/** A step of one value along an axis; a scalar, which has none, is only scaled. */
export const along = (name: string, f: (x: Tensor, axis: number, p: number) => Tensor): Step =>
  one(name, (x, p) => (x.shape.length === 0 ? mul(0.9, x) : f(x, p % x.shape.length, p)));
/** A step of two values that broadcast. */
export const two = (name: string, f: (x: Tensor, y: Tensor) => Tensor): Step => ({
  name,
  apply: (x, other) => f(x, other(broadcasts(x))),
});

/** true, false, true, … in the shape of x. */
const alternating = ({ shape, size }: Tensor) =>
  tensor(
    Array.from({ length: size }, (_, i) => i % 2 === 0),
    { shape, dtype: "bool" },
  );
const bounds = (x: Tensor, axis: number, at: number) =>
  x.shape.map((_, i) => (i === axis ? at : null));

const wave = customJvp(
  (x: Tensor) => sin(x),
  ([x], [xDot]) => [sin(x), mul(cos(x), xDot)],
);
const bell = customVjp(
  (x: Tensor) => exp(neg(square(x))),
  (x: Tensor) => [exp(neg(square(x))), x],
  (x, yBar) => [mul(yBar, mul(mul(-2, x), exp(neg(square(x)))))],
);
const remembered = checkpoint((x: Tensor, y: Tensor) => mul(tanh(add(x, y)), cos(y)));
const well = (x: Tensor) => sum(mul(sin(x), tanh(x)));

const elementwiseSteps: readonly Step[] = [
  one("tanh", (x) => tanh(x)),
  one("sin", (x) => sin(x)),
  one("cos", (x) => cos(x)),
  one("sigmoid", (x) => sigmoid(x)),
  one("softplus", (x) => half(softplus(x))),
  one("exp", (x) => exp(neg(half(square(x))))),
  one("log1p", (x) => log1p(square(x))),
  one("sqrt", (x) => sub(sqrt(add(1, square(x))), 1)),
  one("atan", (x) => atan(x)),
  one("erf", (x) => erf(x)),
  one("silu", (x) => half(silu(x))),
  one("gelu", (x) => half(gelu(x))),
  one("whole power", (x, p) => pow(damped(x), 2 + (p % 3))),
  two("add", (x, y) => half(add(x, y))),
  two("sub", (x, y) => half(sub(y, x))),
  two("mul", (x, y) => half(mul(x, y))),
  two("div", (x, y) => div(x, add(1.5, square(y)))),
  two("atan2", (x, y) => half(atan2(x, add(2, square(y))))),
  two("pow", (x, y) => half(pow(add(1, square(damped(x))), damped(y)))),
  two("where", (x, y) => where(alternating(x), x, y)),
];

const layoutSteps: readonly Step[] = [
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

const reducingSteps: readonly Step[] = [
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
      return mul(0.3, matmul(x, fits(w.shape) ? w : slice(permute(x), [])));
    },
  },
  along("einsum", (x) => {
    const names = "abcde".slice(0, x.shape.length);
    return half(einsum(`${names},${names}->${names[0]}`, damped(x), x));
  }),
];

/** Steps that differentiate, map and recompute inside the program. */
const nestedSteps: readonly Step[] = [
  one("customJvp", (x) => wave(x)),
  one("customVjp", (x) => bell(x)),
  two("checkpoint", (x, y) => remembered(x, y)),
  one("grad", (x) => half(grad(well)(x))),
  two("jvp", (x, y) => half(jvp((u: Tensor) => mul(tanh(u), y), [x], [x])[1])),
  one("vjp", (x) => half(vjp((u: Tensor) => mul(sin(u), u), [x])[1](x)[0])),
  along("vmap", (x, axis) => vmap((u: Tensor) => mul(tanh(u), mean(u)), axis, axis)(x)),
];

export const smoothSteps: readonly Step[] = [
  ...elementwiseSteps,
  ...layoutSteps,
  ...reducingSteps,
  ...nestedSteps,
];
