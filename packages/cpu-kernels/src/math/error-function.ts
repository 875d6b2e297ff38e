// The error function.
//
//   |x| < 1:  erf x = x + x P(x²)          |x| ≥ 1:  erf x = ±(1 − e^−Q(|x|)),  Q(x) = −ln erfc x
//
// P is minimax in the relative error of erf, Q in that of 1 − e^−Q, so it need be good only where erfc is not yet small;
// beyond the last x the result is ±1. The idea of Q is that of N. Juffa's erff.
import type { Expr } from "../wasm/index.ts";
import { expNormal } from "./exponential.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

interface Table {
  readonly p: readonly number[];
  readonly q: readonly number[];
  readonly last: number;
}

const tables: Record<FloatShape, Table> = {
  f32x4: {
    p: [
      0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026,
      0.005187162198126316, -0.0007997853099368513, 7.806903886375949e-5,
    ],
    q: [
      0.0003205664979759604, 1.1271716356277466, 0.6380123496055603, 0.1032179668545723,
      -0.0218894612044096, 0.0029600493144243956, -0.00018759591330308467,
    ],
    last: 4,
  },
  f64x2: {
    p: [
      0.12837916709551256, -0.37612638903183343, 0.11283791670936891, -0.02686617064193773,
      0.005223977596451502, -0.000854832546578637, 0.00012055279747341217, -1.492444779002256e-5,
      1.6443886905248016e-6, -1.618163647481822e-7, 1.3605062164959203e-8, -7.583396226795951e-10,
    ],
    q: [
      4.99453174057294e-7, 1.1283741210938785, 0.6366434913996148, 0.10270380392682131,
      -0.01899084970276149, -0.00040972310483314306, 0.0019150177225797955, -0.0007699097137684751,
      0.0001345945914066471, 2.0489989363114214e-5, -2.290879161853552e-5, 8.693303209953593e-6,
      -2.141808935757283e-6, 3.743931859194476e-7, -4.6564820390133366e-8, 3.947006773244092e-9,
      -2.052015323738148e-10, 4.946723316730534e-12,
    ],
    last: 6,
  },
};

/** erf x for |x| < 1. */
export function erfNear(scope: Scope, l: Lanes, x: Expr): Expr {
  const square = scope.let(l.mul(x, x), "square");
  return l.mulAdd(x, polynomial(scope, l, square, tables[l.shape].p), x);
}

export function erf(scope: Scope, l: Lanes, x: Expr): Expr {
  const { q, last } = tables[l.shape];
  const one = l.constant(1);
  const size = scope.let(l.abs(x), "size");
  const near = erfNear(scope, l, x);
  const bounded = scope.let(l.atMost(size, l.constant(last)), "bounded");
  const down = l.sub(l.constant(0), polynomial(scope, l, bounded, q));
  const far = l.sub(one, expNormal(scope, l, scope.let(down, "down")));
  const outer = l.or(far, l.and(x, l.constant(-0)));
  return choose(l.lt(size, one), near, outer);
}
