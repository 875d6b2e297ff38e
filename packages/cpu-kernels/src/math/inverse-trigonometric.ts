// atan, atan2, asin and acos.
//
//   atan(n/d), 0 ≤ n ≤ d:   t = n/d, or t = (n − d)/(n + d) and ¼π more above tan ⅛π;   atan t = t + t³ A(t²)
//   asin s = s + s³ S(s²) for s ≤ ½, else ½π − 2 asin √½(1 − s)
//
// What lies beyond is reached by reflections about ¼π, ½π and π, whose constants are sums of two numbers.
// Sources: Cody & Waite 1980, chapters 10 and 11; fdlibm for the second formula. The polynomials are our own fits.
import { type Expr, op } from "../wasm/index.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

interface Table {
  /** (atan t − t)/t³ in powers of t², |t| ≤ tan ⅛π. */
  readonly atan: readonly number[];
  /** (asin s − s)/s³ in powers of s², |s| ≤ ½. */
  readonly asin: readonly number[];
  /** ½π = high + low. */
  readonly high: number;
  readonly low: number;
}

const tables: Record<FloatShape, Table> = {
  f32x4: {
    atan: [-0.3333294689655304, 0.19977614283561707, -0.13876551389694214, 0.08049803972244263],
    asin: [
      0.16666752099990845, 0.07495306432247162, 0.045469772070646286, 0.02418077364563942,
      0.04216641187667847,
    ],
    high: 1.5707963705062866,
    low: -4.371138828673793e-8,
  },
  f64x2: {
    atan: [
      -0.3333333333333319, 0.19999999999952184, -0.14285714280054215, 0.11111110776312018,
      -0.09090897551470017, 0.07692056533884324, -0.06663062060162747, 0.0584758260906583,
      -0.05037917100783038, 0.03802915521986829, -0.01786826724968376,
    ],
    asin: [
      0.1666666666666676, 0.07499999999970809, 0.04464285717464731, 0.030381942704643537,
      0.022372215106480884, 0.017351609443098073, 0.013980855735732342, 0.011398593336680637,
      0.010782194385094365, 0.0036985470510765054, 0.021727756275656193, -0.021029358616349626,
      0.032648484136541485,
    ],
    high: 1.5707963267948966,
    low: 6.123233995736766e-17,
  },
};

const signBit = (l: Lanes, x: Expr): Expr => l.and(x, l.constant(-0));

/** factor·½π − x. */
function reflect(l: Lanes, factor: number, x: Expr): Expr {
  const { high, low } = tables[l.shape];
  return l.sub(l.constant(factor * high), l.sub(x, l.constant(factor * low)));
}

/** The angle in [0, ¼π] whose tangent is n/d, for 0 ≤ n ≤ d ≠ 0 with a finite sum. */
function octant(scope: Scope, l: Lanes, n: Expr, d: Expr): Expr {
  const { atan, high, low } = tables[l.shape];
  const isUpper = scope.let(l.gt(n, l.mul(d, l.constant(Math.SQRT2 - 1))), "isUpper");
  const above = choose(isUpper, l.sub(n, d), n);
  const below = l.add(d, l.and(isUpper, n));
  const t = scope.let(l.div(above, below), "t");
  const z = scope.let(l.mul(t, t), "z");
  const angle = l.mulAdd(l.mul(t, z), polynomial(scope, l, z, atan), t);
  const p = scope.let(angle, "p");
  const lifted = l.add(l.constant(high / 2), l.add(p, l.constant(low / 2)));
  return scope.let(choose(isUpper, lifted, p), "angle");
}

export function atan(scope: Scope, l: Lanes, x: Expr): Expr {
  const one = l.constant(1);
  const size = scope.let(l.abs(x), "size");
  const isSteep = scope.let(l.gt(size, one), "isSteep");
  const n = scope.let(choose(isSteep, one, size), "n");
  const angle = octant(scope, l, n, scope.let(choose(isSteep, size, one), "d"));
  return l.or(choose(isSteep, reflect(l, 1, angle), angle), signBit(l, x));
}

/** The angle of the point (x, y), as Math.atan2(y, x) has it for zeros and infinities too. */
export function atan2(scope: Scope, l: Lanes, y: Expr, x: Expr): Expr {
  const one = l.constant(1);
  const [a, b] = [scope.let(l.abs(y), "a"), scope.let(l.abs(x), "b")];
  const isSteep = scope.let(l.gt(a, b), "isSteep");
  const smaller = scope.let(choose(isSteep, b, a), "smaller");
  const larger = scope.let(choose(isSteep, a, b), "larger");
  // The sum of two large numbers would overflow: both are divided by 8. Then 0/0 = 0/1 and ∞/∞ = 1/1.
  const isLarge = l.gt(larger, l.constant(2 ** (l.bias - 2)));
  const scale = scope.let(choose(isLarge, l.constant(1 / 8), one), "scale");
  const isCorner = scope.let(l.eq(smaller, l.constant(Infinity)), "isCorner");
  const isOrigin = l.eq(larger, l.constant(0));
  const n = scope.let(choose(isCorner, one, l.mul(smaller, scale)), "n");
  const d = choose(l.or(isCorner, isOrigin), one, l.mul(larger, scale));
  const first = octant(scope, l, n, scope.let(d, "d"));
  const right = scope.let(choose(isSteep, reflect(l, 1, first), first), "right");
  // The sign of x, −0 included, says whether the point lies to the left.
  const isLeft = leftmostBit(l, x);
  const angle = choose(isLeft, reflect(l, 2, right), right);
  const isUndefined = l.or(l.ne(x, x), l.ne(y, y));
  return l.or(l.or(angle, signBit(l, y)), isUndefined);
}

/** All bits of a lane where its sign bit is set. */
function leftmostBit(l: Lanes, x: Expr): Expr {
  const sign = l.or(signBit(l, x), l.constant(1));
  return l.lt(sign, l.constant(0));
}

/** asin of s = min(|x|, √½(1 − |x|)), and where the second was taken. */
function arcsine(scope: Scope, l: Lanes, x: Expr): { p: Expr; isOuter: Expr } {
  const size = scope.let(l.abs(x), "size");
  const isOuter = scope.let(l.gt(size, l.constant(0.5)), "isOuter");
  const half = l.mul(l.sub(l.constant(1), size), l.constant(0.5));
  const z = scope.let(choose(isOuter, half, l.mul(size, size)), "z");
  const s = scope.let(choose(isOuter, l.sqrt(z), size), "s");
  const p = l.mulAdd(l.mul(s, z), polynomial(scope, l, z, tables[l.shape].asin), s);
  return { p: scope.let(p, "p"), isOuter };
}

export function asin(scope: Scope, l: Lanes, x: Expr): Expr {
  const { p, isOuter } = arcsine(scope, l, x);
  return l.or(choose(isOuter, reflect(l, 1, l.add(p, p)), p), signBit(l, x));
}

export function acos(scope: Scope, l: Lanes, x: Expr): Expr {
  const { p, isOuter } = arcsine(scope, l, x);
  const twice = scope.let(l.add(p, p), "twice");
  const isNegative = l.lt(x, l.constant(0));
  const outer = choose(isNegative, reflect(l, 2, twice), twice);
  const inner = reflect(l, 1, op("v128.or", p, signBit(l, x)));
  return choose(isOuter, outer, inner);
}
