// The natural logarithm: log, log1p, and the logarithm of 1 + t for softplus.
//
//   x = 2ᵏ (1 + f), √½ ≤ 1 + f < √2        ln x = k ln 2 + ln(1 + f)
//   f32:  ln(1 + f) = f − f²/2 + f³ Q(f)                                            (the form of Cephes' logf)
//   f64:  ln(1 + f) = f − f²/2 + s (f²/2 + R(s²)),  s = f/(2 + f)                   (fdlibm, e_log.c)
//
// The polynomials are minimax fits of our own in the relative error of ln(1 + f).
import type { Expr } from "../wasm/index.ts";
import { ln2 } from "./exponential.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

const Q = [
  0.3333333134651184, -0.250008225440979, 0.20001260936260223, -0.16623349487781525,
  0.1420089304447174, -0.13156118988990784, 0.127491757273674, -0.0761837586760521,
];
/** (2 artanh s − 2s)/s³ in powers of s². */
const R = [
  0.6666666666666735, 0.3999999999940875, 0.28571428743910604, 0.22222198398941556,
  0.18183574218626689, 0.1531377776791993, 0.1479886312164497,
];

const sqrtHalf: Record<FloatShape, bigint> = { f32x4: 0x3f3504f3n, f64x2: 0x3fe6a09e667f3bcdn };

/** k ln 2 + ln(1 + f) + c, for a small correction c of the argument. */
function assemble(scope: Scope, l: Lanes, k: Expr | null, f: Expr, c: Expr | null): Expr {
  const square = scope.let(l.mul(f, f), "square");
  const half = scope.let(l.mul(l.constant(0.5), square), "half");
  let rest: Expr;
  if (l.shape === "f32x4") rest = l.mul(l.mul(f, square), polynomial(scope, l, f, Q));
  else {
    const s = scope.let(l.div(f, l.add(l.constant(2), f)), "s");
    const z = scope.let(l.mul(s, s), "z");
    rest = l.mul(s, l.mulAdd(z, polynomial(scope, l, z, R), half));
  }
  if (c) rest = l.add(rest, c);
  if (!k) return l.sub(f, l.sub(half, rest));
  const { high, low } = ln2(l.shape);
  const small = l.sub(half, l.mulAdd(k, l.constant(low), rest));
  return l.mulAdd(k, l.constant(high), l.sub(f, small));
}

/** The exponent k and the fraction 1 + f of a positive normal number. */
export function splitExponent(scope: Scope, l: Lanes, x: Expr): { k: Expr; f: Expr } {
  const [root, bias] = [sqrtHalf[l.shape], BigInt(l.bias) << BigInt(l.fraction)];
  const moved = scope.let(l.addBits(x, l.bits(bias - root)), "moved");
  // The biased exponent in the lowest bits of 2^fraction is a number that can be subtracted from.
  const unit = 2 ** l.fraction;
  const exponent = l.or(l.shiftRight(moved, l.fraction), l.constant(unit));
  const k = scope.let(l.sub(exponent, l.constant(unit + l.bias)), "k");
  const mask = (1n << BigInt(l.fraction)) - 1n;
  const mantissa = l.addBits(l.and(moved, l.bits(mask)), l.bits(root));
  return { k, f: scope.let(l.sub(mantissa, l.constant(1)), "f") };
}

/** −∞ at `zero`, NaN where `negative`, x itself where it is ∞ or NaN. */
function fix(l: Lanes, y: Expr, x: Expr, zero: Expr, negative: Expr): Expr {
  const finite = choose(l.lt(x, l.constant(Infinity)), y, x);
  return choose(zero, l.constant(-Infinity), l.or(finite, negative));
}

/** The same for any positive number: denormal ones are scaled to normal ones first. */
export function splitAny(scope: Scope, l: Lanes, x: Expr): { k: Expr; f: Expr } {
  const isSmall = scope.let(l.lt(x, l.constant(2 ** (1 - l.bias))), "isSmall");
  const scaled = choose(isSmall, l.mul(x, l.constant(2 ** l.fraction)), x);
  const { k, f } = splitExponent(scope, l, scope.let(scaled, "scaled"));
  return { k: scope.let(l.sub(k, l.and(isSmall, l.constant(l.fraction))), "k"), f };
}

export function log(scope: Scope, l: Lanes, x: Expr): Expr {
  const { k, f } = splitAny(scope, l, x);
  const y = assemble(scope, l, k, f, null);
  return fix(l, y, x, l.eq(x, l.constant(0)), l.lt(x, l.constant(0)));
}

/** ln(1 + x): the rounding error of 1 + x, relative to it, is added to the result (fdlibm, s_log1p.c). */
export function log1p(scope: Scope, l: Lanes, x: Expr): Expr {
  const one = l.constant(1);
  const u = scope.let(l.add(one, x), "u");
  // Knuth's exact sum: 1 + x = u + error.
  const part = scope.let(l.sub(u, one), "part");
  const error = l.add(l.sub(one, l.sub(u, part)), l.sub(x, part));
  const { k, f } = splitExponent(scope, l, u);
  const y = assemble(scope, l, k, f, l.div(error, u));
  const fixed = fix(l, y, x, l.eq(u, l.constant(0)), l.lt(u, l.constant(0)));
  return l.or(fixed, l.and(x, l.constant(-0)));
}

/** ln(1 + t) for 0 ≤ t ≤ 1. */
export function log1pOfUnit(scope: Scope, l: Lanes, t: Expr): Expr {
  const isLarge = scope.let(l.gt(t, l.constant(Math.SQRT2 - 1)), "isLarge");
  const halved = l.mul(l.sub(t, l.constant(1)), l.constant(0.5));
  const f = scope.let(choose(isLarge, halved, t), "f");
  return assemble(scope, l, scope.let(l.and(isLarge, l.constant(1)), "k"), f, null);
}
