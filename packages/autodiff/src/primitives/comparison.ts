// Comparisons, where, maximum and minimum, and the other functions of two numbers.
//
// Comparisons are piecewise constant: their tangent is zero. Where two inputs of maximum or minimum tie,
// each takes half of the derivative, so that the halves sum to one.
import { broadcastShapes, formatSpec, isFloat, type NDArray, type Spec } from "../array.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, type Primitive, type PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import {
  add,
  alignBatch,
  binary,
  discrete,
  div,
  mul,
  neg,
  type Operation2,
  partials,
  sub,
} from "./arithmetic.ts";
import { broadcastIfNeeded, sumTo } from "./broadcast.ts";
import { astype, promote, toTensor } from "./cast.ts";
import { floor, log } from "./elementwise.ts";
import { select } from "./strided.ts";

export const less: Operation2 = discrete("less", (x, y) => Number(x < y), "bool");
export const lessEqual: Operation2 = discrete("lessEqual", (x, y) => Number(x <= y), "bool");
export const equal: Operation2 = discrete("equal", (x, y) => Number(x === y), "bool");
export const notEqual: Operation2 = discrete("notEqual", (x, y) => Number(x !== y), "bool");
export const greater = (x: TensorLike, y: TensorLike): Tensor => less(y, x);
export const greaterEqual = (x: TensorLike, y: TensorLike): Tensor => lessEqual(y, x);
/** The bits of u32 `x` moved right by `y` places. */
export const shiftRight: Operation2 = discrete("shiftRight", (x, y) => x >>> y);

const choose: PrimitiveFunction<object> = primitive({
  name: "where",
  shape([c, x, y]) {
    const [condition, a, b] = [c, x, y] as [Spec, Spec, Spec];
    return { dtype: a.dtype, shape: broadcastShapes("where", condition.shape, a.shape, b.shape) };
  },
  evaluate: ([c, x, y], out) => select(c as NDArray, x as NDArray, y as NDArray, out),
  jvp([, xDot, yDot], [c], z) {
    if (!isFloat(z.dtype)) return null;
    return broadcastIfNeeded(where(c as Tensor, xDot ?? 0, yDot ?? 0), z.shape);
  },
  transpose(zBar, [c, x, y]) {
    const condition = c as Tensor;
    return [
      null,
      x instanceof Tensor ? null : sumTo(where(condition, zBar, 0), (x as Spec).shape),
      y instanceof Tensor ? null : sumTo(where(condition, 0, zBar), (y as Spec).shape),
    ];
  },
  batch: (inputs, mapped) => choose(alignBatch(inputs, mapped), {}),
});
export const wherePrimitive: Primitive = choose.primitive;

/** `x` where `condition` holds, `y` elsewhere; all three broadcast. `condition` is bool. */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  const c = toTensor("where", condition);
  if (c.dtype !== "bool")
    throw new TypeError(
      `where: the condition must be bool, got ${formatSpec(c)}; compare first, e.g. x.greater(0)`,
    );
  return choose([c, ...promote("where", [x, y], false)], {});
}

/** 1 where x wins, ½ at a tie, 0 where y wins. */
const share = (wins: Tensor, x: Tensor, y: Tensor) =>
  add(astype(wins, x.dtype), mul(0.5, astype(equal(x, y), x.dtype)));

export const maximum: Operation2 = binary({
  name: "maximum",
  f: Math.max,
  jvp: partials(
    (xDot, [x, y]) => mul(xDot, share(greater(x, y), x, y)),
    (yDot, [x, y]) => mul(yDot, share(less(x, y), x, y)),
  ),
  transpose: notLinear("maximum"),
});

export const minimum: Operation2 = binary({
  name: "minimum",
  f: Math.min,
  jvp: partials(
    (xDot, [x, y]) => mul(xDot, share(less(x, y), x, y)),
    (yDot, [x, y]) => mul(yDot, share(greater(x, y), x, y)),
  ),
  transpose: notLinear("minimum"),
});

/** The remainder x − y⌊x/y⌋, which has the sign of `y` (as in Python, unlike JavaScript's %). */
export const mod: Operation2 = binary({
  name: "mod",
  f(x, y) {
    const rest = x % y;
    return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
  },
  jvp: partials(
    (xDot) => xDot,
    (yDot, [x, y]) => neg(mul(yDot, floor(div(x, y)))),
  ),
  transpose: notLinear("mod"),
});

/** xʸ. With constant y = n, n x^(n−1) is right at x = 0 too; ∂/∂y at x = 0 < y is 0. */
export const pow: Operation2 = binary({
  name: "pow",
  f: (x, y) => x ** y,
  float: true,
  jvp: partials(
    (xDot, [x, y]) => {
      const flat = equal(y, 0);
      return mul(xDot, where(flat, 0, mul(y, pow(x, where(flat, 1, sub(y, 1))))));
    },
    (yDot, [x], z) => mul(yDot, where(equal(z, 0), 0, mul(z, log(where(equal(z, 0), 1, x))))),
  ),
  transpose: notLinear("pow"),
});

/** The angle of the point (x, y): atan2(y, x), in (−π, π]. */
export const atan2: Operation2 = binary({
  name: "atan2",
  f: Math.atan2,
  float: true,
  jvp: partials(
    (yDot, [y, x]) => mul(yDot, div(x, add(mul(x, x), mul(y, y)))),
    (xDot, [y, x]) => neg(mul(xDot, div(y, add(mul(x, x), mul(y, y))))),
  ),
  transpose: notLinear("atan2"),
});
