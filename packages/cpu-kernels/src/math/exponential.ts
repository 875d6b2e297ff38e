// The pieces of eˣ of which its functions are made.
//
//   x = k ln 2 + r, |r| ≤ ½ ln 2        eˣ = 2ᵏ (1 + r + r² Q(r))        eˣ − 1 = (2ᵏ − 1) + 2ᵏ r + 2ᵏ r² Q(r)
//
// k ln 2 is subtracted in two parts, of which the first makes no rounding error (Cody & Waite 1980, chapter 6).
// k is rounded by adding 1.5·2^fraction, which leaves it in the lowest bits, from where a shift makes 2ᵏ.
import type { Expr } from "../wasm/index.ts";
import type { FloatShape, Lanes } from "./lanes.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

interface Table {
  /** ln 2 = high + low; k·high is exact for every k that occurs. */
  readonly high: number;
  readonly low: number;
  /** 1.5 · 2^fraction. */
  readonly magic: number;
  /** (eʳ − 1 − r)/r² on |r| ≤ ½ ln 2, minimax in the relative error of eʳ − 1. */
  readonly q: readonly number[];
}

const tables: Record<FloatShape, Table> = {
  f32x4: {
    high: 0.693145751953125,
    low: 1.428606765330187e-6,
    magic: 1.5 * 2 ** 23,
    q: [
      0.5, 0.1666666567325592, 0.04166646674275398, 0.008333642035722733, 0.0013934988528490067,
      0.0001966564595932141,
    ],
  },
  f64x2: {
    high: 0.6931471803691238,
    low: 1.9082149292705877e-10,
    magic: 1.5 * 2 ** 52,
    q: [
      0.5000000000000001, 0.1666666666666667, 0.04166666666665207, 0.008333333333326044,
      0.0013888888895673983, 0.00019841269875149373, 2.4801574440850768e-5, 2.7557254974918244e-6,
      2.75679673796165e-7, 2.5105396582797194e-8, 1.7687872855580912e-9,
    ],
  },
};

/** ln 2 in two parts, also for the logarithm. */
export const ln2 = (shape: FloatShape): { high: number; low: number } => tables[shape];

/** x = k ln 2 + r + tail with |r| ≤ ½ ln 2; `excess` = r² Q(r) + tail, so that eˣ = 2ᵏ (1 + r + excess). */
interface Reduced {
  readonly k: Expr;
  readonly r: Expr;
  readonly excess: Expr;
}

/** k, and x − k·high. */
function split(scope: Scope, l: Lanes, x: Expr): { readonly k: Expr; readonly coarse: Expr } {
  const { high, magic } = tables[l.shape];
  const whole = l.mulAdd(x, l.constant(Math.LOG2E), l.constant(magic));
  const k = scope.let(l.sub(whole, l.constant(magic)), "k");
  return { k, coarse: scope.let(l.mulAdd(k, l.constant(-high), x), "coarse") };
}

/** r in one number: in f32 its rounding is within what is allowed. */
const shortRest = (scope: Scope, l: Lanes, k: Expr, coarse: Expr): Expr =>
  scope.let(l.mulAdd(k, l.constant(-tables[l.shape].low), coarse), "r");

function reduce(scope: Scope, l: Lanes, x: Expr): Reduced {
  const { low } = tables[l.shape];
  const { k, coarse } = split(scope, l, x);
  if (l.shape === "f32x4") {
    const r = shortRest(scope, l, k, coarse);
    return { k, r, excess: excessOf(scope, l, r, null) };
  }
  const fine = scope.let(l.mul(k, l.constant(low)), "fine");
  const r = scope.let(l.sub(coarse, fine), "r");
  const tail = l.sub(l.sub(coarse, r), fine);
  return { k, r, excess: excessOf(scope, l, r, tail) };
}

/** r² Q(r) + tail, which is e^(r + tail) − 1 − r for a tail below the last bit of r. */
function excessOf(scope: Scope, l: Lanes, r: Expr, tail: Expr | null): Expr {
  const square = l.mul(r, r);
  const q = polynomial(scope, l, r, tables[l.shape].q);
  return tail ? l.mulAdd(square, q, tail) : l.mul(square, q);
}

/** e^(r + tail) for |r| ≤ ½ ln 2. */
export function expFraction(scope: Scope, l: Lanes, r: Expr, tail: Expr): Expr {
  return l.add(l.constant(1), l.add(r, excessOf(scope, l, r, tail)));
}

/** 2ᵏ for whole k within the normal exponents. */
function powerOfTwo(l: Lanes, k: Expr): Expr {
  const biased = l.add(k, l.constant(tables[l.shape].magic + l.bias));
  return l.shiftLeft(biased, l.fraction);
}

/** eˣ·2^shift, right also where the result is 0, denormal or ∞; for x within about twice the range of the logarithm. */
export function expScaled(scope: Scope, l: Lanes, x: Expr, shift = 0): Expr {
  const { k, r, excess } = reduce(scope, l, x);
  return timesPowerOfTwo(scope, l, l.add(l.constant(1), l.add(r, excess)), k, shift);
}

/** y·2^(k + shift), as a product with two powers of two that are normal numbers: under- and overflow are gradual. */
export function timesPowerOfTwo(scope: Scope, l: Lanes, y: Expr, k: Expr, shift: number): Expr {
  const { magic } = tables[l.shape];
  const half = scope.let(l.add(l.mul(k, l.constant(0.5)), l.constant(magic + l.bias)), "half");
  const rest = l.sub(k, l.sub(half, l.constant(magic + l.bias)));
  const second = l.add(rest, l.constant(magic + l.bias + shift));
  const scaled = l.mul(y, l.shiftLeft(half, l.fraction));
  return l.mul(scaled, l.shiftLeft(second, l.fraction));
}

/** eˣ·2^shift for x ≤ 0, right also where the result is 0 or denormal. */
export function decayScaled(scope: Scope, l: Lanes, x: Expr, shift = 0): Expr {
  const { k, r, excess } = reduce(scope, l, x);
  const y = l.add(l.constant(1), l.add(r, excess));
  // 2^(k + lift) is a normal number for all k ≤ 0 that occur.
  const lift = (l.bias + 1) / 2;
  const power = l.shiftLeft(
    l.add(k, l.constant(tables[l.shape].magic + l.bias + lift)),
    l.fraction,
  );
  return l.mul(l.mul(y, power), l.constant(2 ** (shift - lift)));
}

/**
 * eˣ·2^shift and 1 − eˣ for x ≤ 0 in single precision, for little more than the cost of one of them:
 * with p = eʳ − 1, they are s + s p and (1 − s) − s p for their powers of two s.
 */
export function decayAndRise(
  scope: Scope,
  l: Lanes,
  x: Expr,
  shift: number,
): { readonly decay: Expr; readonly rise: Expr } {
  const { k, coarse } = split(scope, l, x);
  const r = shortRest(scope, l, k, coarse);
  const p = scope.let(excessOf(scope, l, r, r), "p");
  const lift = (l.bias + 1) / 2;
  const biased = l.add(k, l.constant(tables[l.shape].magic + l.bias + lift));
  const power = scope.let(l.shiftLeft(biased, l.fraction), "power");
  const scaled = scope.let(l.mul(power, l.constant(2 ** (shift - lift))), "scaled");
  const minus = scope.let(l.mul(power, l.constant(-(2 ** -lift))), "minus");
  return {
    decay: l.mulAdd(scaled, p, scaled),
    rise: l.mulAdd(minus, p, l.add(l.constant(1), minus)),
  };
}

/** eˣ for x whose result is a normal number. */
export function expNormal(scope: Scope, l: Lanes, x: Expr): Expr {
  const { k, r, excess } = reduce(scope, l, x);
  return l.mul(l.add(l.constant(1), l.add(r, excess)), powerOfTwo(l, k));
}

/** (eˣ − 1)·2^−halvings for x from where it is −1 up to overflow; 2^(k − halvings) must be normal. */
export function expm1Scaled(scope: Scope, l: Lanes, x: Expr, halvings: 0 | 1): Expr {
  const { k, r, excess } = reduce(scope, l, x);
  const power = halvings ? l.sub(k, l.constant(1)) : k;
  const s = scope.let(powerOfTwo(l, power), "s");
  const linear = l.mulAdd(s, r, l.sub(s, l.constant(2 ** -halvings)));
  return l.mulAdd(s, excess, linear);
}

/** Bounds beyond which eˣ is 0 or ∞, also after a factor of 4, and those between which eˣ − 1 moves. */
export const limits: Record<FloatShape, { zero: number; infinity: number; minusOne: number }> = {
  f32x4: { zero: -106, infinity: 89, minusOne: -20 },
  f64x2: { zero: -748, infinity: 710, minusOne: -40 },
};
