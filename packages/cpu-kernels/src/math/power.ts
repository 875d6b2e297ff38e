// xʸ = 2^(y log₂ x), and its many special cases, as JavaScript has them.
//
//   log₂ |x| = k + cp·s (3 + s² + L(s²) s⁴),  s = (m − 1)/(m + 1),  cp = 2/(3 ln 2),  m in [√½, √2)
//
// y log₂ x may be a thousand and its fraction must keep 53 bits, so the f64 version carries the logarithm as a sum of two
// numbers, of which the first has at most 21 bits: products of such are exact (fdlibm, e_pow.c; one interval of m
// here instead of two, with a fit of our own). f32 is computed in doubles, two lanes at a time.
import { type Expr, op } from "../wasm/index.ts";
import { expFraction, timesPowerOfTwo } from "./exponential.ts";
import { halves, joinHalves } from "./halves.ts";
import { choose, type Lanes } from "./lanes.ts";
import { splitAny, splitExponent } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

const L = [
  0.5999999999999996, 0.42857142857168007, 0.33333333326222264, 0.27272728315588596,
  0.2307683461602293, 0.20004502708313415, 0.17511687838348222, 0.1798801979225053,
];
/** cp and ln 2, each also as a sum whose first part has 21 bits. */
const cp = { whole: 0.9617966939259756, high: 0.9617962837219238, low: 4.102040517767816e-7 };
const ln2 = { whole: Math.LN2, high: 0.6931467056274414, low: 4.7493250390316726e-7 };
const magic = 1.5 * 2 ** 52;

/** The first 21 bits. */
const headOf =
  (l: Lanes) =>
  (x: Expr): Expr =>
    l.and(x, l.bits(-(2n ** 32n)));

/** log₂ x = first + second, `first` of 21 bits; x positive and finite. */
function log2InTwo(scope: Scope, l: Lanes, x: Expr): [Expr, Expr] {
  const { add, sub, mul, constant } = l;
  const head = headOf(l);
  const { k, f } = splitAny(scope, l, x);
  const m = scope.let(add(f, constant(1)), "m");
  // s = f/(m + 1) = sHigh + sLow
  const sum = scope.let(add(m, constant(1)), "sum");
  const sumHigh = scope.let(head(sum), "sumHigh");
  const sumLow = sub(m, sub(sumHigh, constant(1)));
  const inverse = scope.let(l.div(constant(1), sum), "inverse");
  const s = scope.let(mul(f, inverse), "s");
  const sHigh = scope.let(head(s), "sHigh");
  const rest = sub(sub(f, mul(sHigh, sumHigh)), mul(sHigh, sumLow));
  const sLow = scope.let(mul(inverse, rest), "sLow");
  // 3 + s² + L(s²) s⁴ = tHigh + tLow
  const z = scope.let(mul(s, s), "z");
  const tailOfSquare = mul(sLow, add(sHigh, s));
  const r = add(mul(mul(z, z), polynomial(scope, l, z, L)), tailOfSquare);
  const small = scope.let(r, "small");
  const square = scope.let(mul(sHigh, sHigh), "square");
  const tHigh = scope.let(head(add(add(constant(3), square), small)), "tHigh");
  const tLow = sub(small, sub(sub(tHigh, constant(3)), square));
  // The product with s, then with cp, then the exponent.
  const u = scope.let(mul(sHigh, tHigh), "u");
  const v = scope.let(add(mul(sLow, tHigh), mul(tLow, s)), "v");
  const pHigh = scope.let(head(add(u, v)), "pHigh");
  const pLow = sub(v, sub(pHigh, u));
  const qHigh = scope.let(mul(pHigh, constant(cp.high)), "qHigh");
  const qLow = add(mul(pHigh, constant(cp.low)), mul(pLow, constant(cp.whole)));
  const low = scope.let(qLow, "qLow");
  const first = scope.let(head(add(add(qHigh, low), k)), "first");
  return [first, scope.let(sub(low, sub(sub(first, k), qHigh)), "second")];
}

/** |x|ʸ for positive finite x and any y but NaN. */
function power(scope: Scope, l: Lanes, x: Expr, y: Expr): Expr {
  const { add, sub, mul, constant } = l;
  const head = headOf(l);
  // Beyond 2⁷⁰ the result is 0, 1 or ∞ already, and nothing below overflows.
  const bounded = l.atLeast(l.atMost(y, constant(2 ** 70)), constant(-(2 ** 70)));
  const exponent = scope.let(bounded, "y");
  const [first, second] = log2InTwo(scope, l, x);
  const yHigh = scope.let(head(exponent), "yHigh");
  const tail = add(mul(sub(exponent, yHigh), first), mul(exponent, second));
  const top = scope.let(mul(yHigh, first), "top");
  const rest = scope.let(tail, "rest");
  const z = scope.let(add(top, rest), "z");
  const limit = constant(1100);
  const isFar = scope.let(l.gt(l.abs(z), limit), "isFar");
  const end = l.or(l.and(z, constant(-0)), limit);
  const start = scope.let(choose(isFar, end, top), "start");
  const more = scope.let(op("v128.andnot", rest, isFar), "more");
  const k = scope.let(sub(add(add(start, more), constant(magic)), constant(magic)), "k");
  // 2^(start − k + more) = e^(r + w)
  const fraction = scope.let(sub(start, k), "fraction");
  const t = scope.let(head(add(fraction, more)), "t");
  const u = scope.let(mul(t, constant(ln2.high)), "u");
  const left = sub(more, sub(t, fraction));
  const v = scope.let(add(mul(left, constant(ln2.whole)), mul(t, constant(ln2.low))), "v");
  const r = scope.let(add(u, v), "r");
  const value = expFraction(scope, l, r, sub(v, sub(r, u)));
  return timesPowerOfTwo(scope, l, value, k, 0);
}

/** ln m in powers of s² and e^r in powers of r, short ones that serve single precision. */
const shortLog = [0.6666666563710373, 0.4000033725211148, 0.28537167913855405, 0.2358498843508778];
const shortExp = [
  0.5000000078794546, 0.16666666862950566, 0.0416662669179357, 0.008333263824372349,
  0.0013946291092233676, 0.00019918680725559645,
];

/** xʸ to some 30 bits, the bits of f32, for what f32 can hold. */
function shortPower(scope: Scope, l: Lanes, x: Expr, y: Expr): Expr {
  const { add, sub, mul, constant } = l;
  const { k, f } = splitExponent(scope, l, x);
  const s = scope.let(l.div(f, add(f, constant(2))), "s");
  const z = scope.let(mul(s, s), "z");
  const series = mul(mul(s, z), polynomial(scope, l, z, shortLog));
  const log = mul(add(add(s, s), series), constant(Math.LOG2E));
  const product = mul(y, add(k, log));
  const bounded = l.atLeast(l.atMost(product, constant(300)), constant(-300));
  const exponent = scope.let(bounded, "exponent");
  const whole = scope.let(sub(add(exponent, constant(magic)), constant(magic)), "whole");
  const r = scope.let(mul(sub(exponent, whole), constant(ln2.whole)), "r");
  const bent = mul(mul(r, r), polynomial(scope, l, r, shortExp));
  const scale = l.shiftLeft(add(whole, constant(magic + l.bias)), l.fraction);
  return mul(add(constant(1), add(r, bent)), scale);
}

/** |x|ʸ lane by lane. */
function magnitude(scope: Scope, { shape, doubles }: Lanes, x: Expr, y: Expr): Expr {
  if (shape === "f64x2") return power(scope, doubles, x, y);
  const [yLow, yHigh] = halves(y);
  const [low, high] = halves(x);
  const half = (a: Expr, b: Expr): Expr => {
    const value = shortPower(scope, doubles, scope.let(a, "x2"), scope.let(b, "y2"));
    return scope.let(value, "half");
  };
  return joinHalves(half(low, yLow), half(high, yHigh));
}

/** JavaScript's x ** y: like IEEE 754's, but NaN for 1 ** NaN and (±1) ** ±∞. */
export function pow(scope: Scope, own: Lanes, x: Expr, y: Expr): Expr {
  const number = own.constant;
  const trunc = (v: Expr) => op(`${own.shape}.trunc`, v);
  const size = scope.let(own.abs(x), "size");
  const isZero = own.eq(size, number(0));
  const isEnd = scope.let(own.or(isZero, own.eq(size, number(Infinity))), "isEnd");
  // 0 and ∞ to a power are 0 or ∞.
  const grows = op("v128.xor", own.gt(y, number(0)), own.eq(size, number(0)));
  const inner = magnitude(scope, own, size, y);
  const value = choose(isEnd, own.and(grows, number(Infinity)), inner);
  // Of a negative number: a sign for odd y, nothing for fractions.
  const isNegative = scope.let(
    own.lt(own.or(own.and(x, number(-0)), number(1)), number(0)),
    "sign",
  );
  const half = scope.let(own.mul(y, number(0.5)), "half");
  const isWhole = scope.let(own.eq(trunc(y), y), "isWhole");
  const isOdd = own.and(isWhole, own.ne(trunc(half), half));
  const signed = own.or(value, own.and(own.and(isNegative, isOdd), number(-0)));
  const isFraction = op("v128.andnot", isNegative, own.or(isWhole, isEnd));
  const isOneToInfinity = own.and(own.eq(size, number(1)), own.eq(own.abs(y), number(Infinity)));
  const isUndefined = own.or(
    own.or(own.ne(x, x), own.ne(y, y)),
    own.or(isFraction, isOneToInfinity),
  );
  return choose(own.eq(y, number(0)), number(1), own.or(signed, isUndefined));
}
