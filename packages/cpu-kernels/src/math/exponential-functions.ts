// exp, expm1, tanh, sech², sigmoid, softplus, sinh and cosh from the pieces of eˣ.
//
// Each is written so that nothing cancels and nothing overflows before the result does; t = e^−|x| or e^−2|x|.
import type { Expr } from "../wasm/index.ts";
import { decayScaled, expm1Scaled, expNormal, expScaled, limits } from "./exponential.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import { log1pOfUnit } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

/** |y| with the sign of x. */
const withSign = (l: Lanes, y: Expr, x: Expr): Expr => choose(l.constant(-0), x, y);
/** −|x|. */
const negativeOf = (l: Lanes, x: Expr): Expr => l.or(x, l.constant(-0));

export function exp(scope: Scope, l: Lanes, x: Expr): Expr {
  const { zero, infinity } = limits[l.shape];
  const bounded = l.atLeast(l.atMost(x, l.constant(infinity)), l.constant(zero));
  return expScaled(scope, l, scope.let(bounded, "x"));
}

/** x itself where it is so small that eˣ − 1 = x to rounding, which keeps −0 and denormal numbers. */
export function expm1(scope: Scope, l: Lanes, x: Expr): Expr {
  const { minusOne, infinity } = limits[l.shape];
  const bounded = l.atLeast(l.atMost(x, l.constant(infinity)), l.constant(minusOne));
  const half = scope.let(expm1Scaled(scope, l, scope.let(bounded, "x"), 1), "half");
  const isTiny = l.lt(l.abs(x), l.constant(2 ** (-l.fraction - 2)));
  return choose(isTiny, x, l.add(half, half));
}

/** (x − tanh x)/x³ below 0.55, as a quotient of polynomials in x²: Lambert's continued fraction, ninth convergent. */
const lambert = {
  above: [11486475, 810810, 12870, 44],
  below: [34459425, 16216200, 945945, 13860, 45],
};

/** f32: −m/(2 + m) with m = e^−2|x| − 1. f64: a convergent for small |x|, else 1 − 2t/(1 + t) with t = e^−2|x|. */
export function tanh(scope: Scope, l: Lanes, x: Expr): Expr {
  const down = scope.let(negativeOf(l, x), "down");
  const x2 = l.atLeast(l.add(down, down), l.constant(limits[l.shape].minusOne));
  const bounded = scope.let(x2, "x2");
  if (l.shape === "f32x4") {
    const m = scope.let(expm1Scaled(scope, l, bounded, 0), "m");
    return withSign(l, l.div(m, l.add(l.constant(2), m)), x);
  }
  const t = scope.let(expNormal(scope, l, bounded), "t");
  const z = scope.let(l.mul(x, x), "z");
  const isLarge = scope.let(l.lt(bounded, l.constant(-1.1)), "isLarge");
  const cubic = l.mul(l.mul(l.abs(x), z), polynomial(scope, l, z, lambert.above));
  const above = choose(isLarge, l.add(t, t), cubic);
  const below = choose(isLarge, l.add(l.constant(1), t), polynomial(scope, l, z, lambert.below));
  const start = choose(isLarge, l.constant(1), l.abs(x));
  return withSign(l, l.sub(start, l.div(above, below)), x);
}

/** 4t/(1 + t (2 + t)) with t = e^−2|x|; 4t comes from the exponential, so that it does not underflow before its time. */
export function sech2(scope: Scope, l: Lanes, x: Expr): Expr {
  const down = scope.let(negativeOf(l, x), "down");
  const bounded = l.atLeast(l.add(down, down), l.constant(limits[l.shape].zero));
  const t4 = scope.let(decayScaled(scope, l, scope.let(bounded, "x2"), 2), "t4");
  const t = scope.let(l.mul(t4, l.constant(0.25)), "t");
  const square = l.mulAdd(t, l.add(l.constant(2), t), l.constant(1));
  return l.div(t4, square);
}

/** e^−|x|. */
function decay(scope: Scope, l: Lanes, x: Expr): Expr {
  const bounded = l.atLeast(negativeOf(l, x), l.constant(limits[l.shape].zero));
  return scope.let(decayScaled(scope, l, scope.let(bounded, "down")), "decay");
}

/** 1/(1 + t) or, for x < 0, t/(1 + t), with t = e^−|x|. */
export function sigmoid(scope: Scope, l: Lanes, x: Expr): Expr {
  const one = l.constant(1);
  const t = decay(scope, l, x);
  return l.div(choose(l.lt(x, l.constant(0)), t, one), l.add(one, t));
}

/** max(x, 0) + ln(1 + e^−|x|). */
export function softplus(scope: Scope, l: Lanes, x: Expr): Expr {
  const t = decay(scope, l, x);
  return l.add(l.atLeast(x, l.constant(0)), log1pOfUnit(scope, l, t));
}

/** (sinh x − x)/x³ in powers of x², |x| ≤ 1. */
const sinhSeries: Record<FloatShape, readonly number[]> = {
  f32x4: [0.1666671633720398, 0.008330270648002625, 0.00020373340521473438],
  f64x2: [
    0.16666666666666669, 0.008333333333332912, 0.0001984126984159341, 2.755731910675638e-6,
    2.5052130998813605e-8, 1.6056659158858535e-10, 7.776600402582697e-13,
  ],
};

/** e^|x|/2. */
function halfGrowth(scope: Scope, l: Lanes, x: Expr): Expr {
  const bounded = l.atMost(l.abs(x), l.constant(limits[l.shape].infinity + 1));
  return scope.let(expScaled(scope, l, scope.let(bounded, "up"), -1), "h");
}

/** A series for |x| < 1, else h − 1/4h with h = e^|x|/2. */
export function sinh(scope: Scope, l: Lanes, x: Expr): Expr {
  const h = halfGrowth(scope, l, x);
  const far = withSign(l, l.sub(h, l.div(l.constant(0.25), h)), x);
  const square = scope.let(l.mul(x, x), "square");
  const series = polynomial(scope, l, square, sinhSeries[l.shape]);
  const near = l.mulAdd(l.mul(x, square), series, x);
  return choose(l.lt(l.abs(x), l.constant(1)), near, far);
}

/** h + 1/4h with h = e^|x|/2. */
export function cosh(scope: Scope, l: Lanes, x: Expr): Expr {
  const h = halfGrowth(scope, l, x);
  return l.add(h, l.div(l.constant(0.25), h));
}
