// Comparisons, where, maximum and minimum, and the other functions of two numbers.
//
// Comparisons are piecewise constant: their tangent is zero. Where two inputs of maximum or minimum tie,
// each takes half of the derivative, so that the halves sum to one.
import { isFloat } from "../array.ts";
import { fail } from "../errors.ts";
import { notLinear, type PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import {
  add,
  type Binary,
  binary,
  discrete,
  div,
  elementwisePrimitive,
  mul,
  neg,
  partials,
  sub,
} from "./arithmetic.ts";
import { broadcastIfNeeded, sumTo } from "./broadcast.ts";
import { astype, promote, toTensor } from "./cast.ts";
import { abs, log, round } from "./elementwise.ts";
import { stopGradient } from "./stop-gradient.ts";

export const less: Binary = discrete("less", (x, y) => Number(x < y), "bool");
export const lessEqual: Binary = discrete("lessEqual", (x, y) => Number(x <= y), "bool");
export const equal: Binary = discrete("equal", (x, y) => Number(x === y), "bool");
export const notEqual: Binary = discrete("notEqual", (x, y) => Number(x !== y), "bool");
export const greater = (x: TensorLike, y: TensorLike): Tensor => less(y, x);
export const greaterEqual = (x: TensorLike, y: TensorLike): Tensor => lessEqual(y, x);
/** The bits of u32 `x` moved right by `y` places. */
export const shiftRight: Binary = discrete("shiftRight", (x, y) => x >>> y);

export const select: PrimitiveFunction<object> = elementwisePrimitive(
  "where",
  (c, x, y) => (c ? x : y),
  ([, xDot, yDot], [c], z) =>
    isFloat(z.dtype) ? broadcastIfNeeded(where(c!, xDot ?? 0, yDot ?? 0), z.shape) : null,
  (zBar, [c, x, y]) => [
    null,
    x instanceof Tensor ? null : sumTo(where(c as Tensor, zBar, 0), x!.shape),
    y instanceof Tensor ? null : sumTo(where(c as Tensor, 0, zBar), y!.shape),
  ],
);

/** `x` where `condition` holds, `y` elsewhere; all three broadcast. `condition` is bool. */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  const c = toTensor("where", condition);
  if (c.dtype === "bool") return select([c, ...promote("where", [x, y])], {});
  throw fail`where: expected a bool condition, got ${c}; compare first, e.g. x.greater(0)`;
}

/** 1 where x wins, ½ at a tie, 0 where y wins. */
const share = (wins: Tensor, x: Tensor, y: Tensor) =>
  add(astype(wins, x.dtype), mul(0.5, astype(equal(x, y), x.dtype)));

export const maximum: Binary = binary(
  "maximum",
  Math.max,
  partials(
    (xDot, x, y) => mul(xDot, share(greater(x, y), x, y)),
    (yDot, x, y) => mul(yDot, share(less(x, y), x, y)),
  ),
  notLinear("maximum"),
  "any",
);
/** A map that turns the order of any dtype around, and is its own inverse. */
export function reversed(x: Tensor): Tensor {
  if (x.dtype === "bool") return equal(x, false);
  return isFloat(x.dtype) ? neg(x) : sub(x.dtype === "i32" ? -1 : 2 ** 32 - 1, x);
}

export function minimum(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = promote("minimum", [x, y]) as [Tensor, Tensor];
  return reversed(maximum(reversed(a), reversed(b)));
}

/** The remainder x − y⌊x/y⌋, which has the sign of `y` (as in Python, unlike JavaScript's %). */
export const mod: Binary = binary(
  "mod",
  (x, y) => (x % y !== 0 && x % y < 0 !== y < 0 ? (x % y) + y : x % y),
  partials(
    (xDot) => xDot,
    // ⌊x/y⌋ = (x − z)/y, where x/y itself may round up to a whole number that it does not reach.
    (yDot, x, y, z) => neg(mul(yDot, round(div(sub(x, z), y)))),
  ),
  notLinear("mod"),
);

/** xʸ. With constant y = n, n x^(n−1) is right at x = 0 too; ∂/∂y at x = 0 < y is 0. */
export const pow: Binary = binary(
  "pow",
  (x, y) => x ** y,
  partials(
    (xDot, x, y) => {
      // At the origin 0·0⁻¹ would be NaN; elsewhere the exponent keeps its dependence on y.
      const isZero = equal(y, 0);
      const isSafe = !isZero.interpreter && !isZero.data.includes(1);
      const less1 = sub(y, 1);
      const power = isSafe ? less1 : where(where(equal(x, 0), isZero, false), 1, less1);
      return mul(xDot, mul(y, pow(x, power)));
    },
    (yDot, x, _y, z) => mul(yDot, where(equal(z, 0), 0, mul(z, log(where(equal(z, 0), 1, x))))),
  ),
  notLinear("pow"),
  "float",
);

/** a/(x² + y²) in units of the larger of |x| and |y|, whose square may be out of range. */
function overSquares(a: Tensor, x: Tensor, y: Tensor): Tensor {
  const scale = stopGradient(maximum(abs(x), abs(y)));
  const [u, v] = [div(x, scale), div(y, scale)];
  return div(div(div(a, scale), add(mul(u, u), mul(v, v))), scale);
}

/** The angle of the point (x, y): atan2(y, x), in (−π, π]. */
export const atan2: Binary = binary(
  "atan2",
  Math.atan2,
  partials(
    (yDot, y, x) => mul(yDot, overSquares(x, x, y)),
    (xDot, y, x) => neg(mul(xDot, overSquares(y, x, y))),
  ),
  notLinear("atan2"),
  "float",
);
