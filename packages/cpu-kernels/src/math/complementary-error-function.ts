// The complementary error function, to a few ulp far into its tail.
//
//   |x| < ½:  erfc x = 1 − erf x
//   x ≥ ½:    erfc x = e^(−x²) · S(t)/(1 + 2x),  t = (x − K)/(x + K)        erfc(−x) = 2 − erfc x
//
// S is smooth on −1 ≤ t ≤ 1, where x runs from 0 to ∞: a short Chebyshev series (Shepherd & Laframboise 1981,
// Mathematics of Computation 36). x² is h² + (x − h)(x + h), where h has half of the digits of x and an exact square.
import type { Expr } from "../wasm/index.ts";
import { erfNear } from "./error-function.ts";
import { decayScaled } from "./exponential.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import type { Scope } from "./scope.ts";

interface Table {
  readonly K: number;
  /** Coefficients of T₀, T₁, …, computed with 150 digits. */
  readonly series: readonly number[];
  /** The bits of h. */
  readonly half: number | bigint;
  /** Terms of e^s after 1, for s = (h − x)(h + x). */
  readonly terms: number;
  /** Beyond, the result is 0. */
  readonly last: number;
}

const tables: Record<FloatShape, Table> = {
  f32x4: {
    K: 2,
    series: [
      1.1760066555883004, 0.025779673870048207, -0.10659315067778503, 0.03880887957448382,
      -0.005414899930893725, -0.00040815257282372384, 0.00019843768248553527, 9.842532776048127e-6,
      -7.763265561062859e-6, -7.174001457529682e-7, 3.140694955581843e-7, 6.188423669546144e-8,
      -9.890619934492214e-9,
    ],
    half: -4096,
    terms: 6,
    last: 10.6,
  },
  f64x2: {
    K: 3.75,
    series: [
      1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189,
      -0.026658668435305753, 0.009074997670705265, -0.002413163540417608, 0.0004907758365258086,
      -6.916973302501207e-5, 4.13902798607301e-6, 7.74038306619849e-7, -2.1886401049234397e-7,
      1.076499946567091e-8, 4.521959811218287e-9, -7.754400208831351e-10, -6.318088340886684e-11,
      2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14,
      3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688648e-15,
      7.418235256624044e-17, 5.068148904796111e-17,
    ],
    half: -(2n ** 27n),
    terms: 4,
    last: 27.5,
  },
};

/** Σ cₙ Tₙ(t) by Clenshaw's recurrence. */
function chebyshev(scope: Scope, l: Lanes, t: Expr, series: readonly number[]): Expr {
  const twice = scope.let(l.add(t, t), "twice");
  let [next, after]: [Expr, Expr] = [l.constant(series.at(-1)!), l.constant(0)];
  for (const c of series.slice(1, -1).reverse()) {
    const sum = scope.let(l.mulAdd(twice, next, l.sub(l.constant(c), after)), "sum");
    [next, after] = [sum, next];
  }
  return l.mulAdd(t, next, l.sub(l.constant(series[0]!), after));
}

export function erfc(scope: Scope, l: Lanes, x: Expr): Expr {
  const { K, series, half, terms, last } = tables[l.shape];
  const size = scope.let(l.atMost(l.abs(x), l.constant(last)), "size");
  const t = scope.let(l.div(l.sub(size, l.constant(K)), l.add(size, l.constant(K))), "t");
  const smooth = l.div(chebyshev(scope, l, t, series), l.add(l.constant(1), l.add(size, size)));
  const h = scope.let(l.and(size, l.bits(half)), "h");
  const s = scope.let(l.mul(l.sub(h, size), l.add(h, size)), "s");
  let rest = l.constant(1);
  for (let n = terms; n > 0; n--) rest = l.mulAdd(l.mul(s, l.constant(1 / n)), rest, l.constant(1));
  const main = decayScaled(scope, l, scope.let(l.neg(l.mul(h, h)), "square"));
  const tail = scope.let(l.mul(main, l.mul(rest, smooth)), "tail");
  const far = choose(l.lt(x, l.constant(0)), l.sub(l.constant(2), tail), tail);
  const near = l.sub(l.constant(1), erfNear(scope, l, x));
  return choose(l.lt(size, l.constant(0.5)), near, far);
}
