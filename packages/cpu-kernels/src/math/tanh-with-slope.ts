// tanh and its derivative sech² of one x, as layers of a network need them, in single precision.
//
//   t = e^−2|x|, m = t − 1:   tanh|x| = −m/(2 + m),   sech² x = 4t/(1 + t(2 + t))
//
// One exponential for both; each within the 4 ulp of the separate functions.
import type { Expr } from "../wasm/index.ts";
import { decayAndLess1, limits } from "./exponential.ts";
import { choose, type Lanes } from "./lanes.ts";
import type { Scope } from "./scope.ts";

export function tanhWithSlope(
  scope: Scope,
  l: Lanes,
  x: Expr,
): { readonly tanh: Expr; readonly sech2: Expr } {
  const down = scope.let(l.or(x, l.constant(-0)), "down");
  const bounded = l.atLeast(l.add(down, down), l.constant(limits[l.shape].zero));
  const { decay, less1 } = decayAndLess1(scope, l, scope.let(bounded, "x2"), 2);
  const m = scope.let(less1, "m");
  const t4 = scope.let(decay, "t4");
  const t = scope.let(l.mul(t4, l.constant(0.25)), "t");
  const square = l.mulAdd(t, l.add(l.constant(2), t), l.constant(1));
  const magnitude = l.div(m, l.add(l.constant(2), m));
  return {
    tanh: scope.let(choose(l.constant(-0), x, magnitude), "tanh"),
    sech2: scope.let(l.div(t4, square), "sech2"),
  };
}
