// tanh and its derivative sech² of one x, as layers of a network need them, in single precision.
//
//   t = e^−2|x|, u = 1 − t:   tanh|x| = u/(2 − u),   sech² x = 4t/(1 + t)² = 4t/(1 + 4t (½ + 4t/16))
//
// One exponential for both; each within the 4 ulp of the separate functions.
import type { Expr } from "../wasm/index.ts";
import { decayAndRise, limits } from "./exponential.ts";
import type { Lanes } from "./lanes.ts";
import type { Scope } from "./scope.ts";

export function tanhWithSlope(
  scope: Scope,
  l: Lanes,
  x: Expr,
): { readonly tanh: Expr; readonly sech2: Expr } {
  const down = scope.let(l.or(x, l.constant(-0)), "down");
  const bounded = l.atLeast(l.add(down, down), l.constant(limits[l.shape].zero));
  const { decay, rise } = decayAndRise(scope, l, scope.let(bounded, "x2"), 2);
  const u = scope.let(rise, "u");
  const magnitude = l.div(u, l.sub(l.constant(2), u));
  const t4 = scope.let(decay, "t4");
  const square = l.mulAdd(t4, l.mulAdd(t4, l.constant(1 / 16), l.constant(0.5)), l.constant(1));
  return {
    // The magnitude is never −0, so the sign of x may be added to it.
    tanh: scope.let(l.or(magnitude, l.and(x, l.constant(-0))), "tanh"),
    sech2: scope.let(l.div(t4, square), "sech2"),
  };
}
