// The engine's functions of one and two numbers, from their definitions, in as many digits as their arguments have.
//
//   log1p x = 2 artanh(x/(2 + x)),   expm1 x = 2 e^(x/2) sinh(x/2)     (exact, and nothing cancels near 0)
//   arctan x = a + arctan((x − tan a)/(1 + x tan a)),   a ≈ arctan x to 16 digits, so the rest is a short series
//   erf x = 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!                        (Abramowitz & Stegun 7.1.6)
//   erfc x = e^(−x²)/(√π (x + ½/(x + 1/(x + 3⁄2/(x + …)))))            (ibid. 7.1.14)
import { type Big, bigClass, classOf, like } from "./big.ts";

const square = (x: Big) => x.times(x);
const rootPi = (x: Big) => classOf(x).acos(-1).sqrt();
/** The digits of `x` and some more, for formulas that lose a few. */
const widen = (x: Big, more: number) => new (bigClass(classOf(x).precision + more))(x);
const narrow = (y: Big, x: Big) => new (classOf(x))(y).plus(0);

const expm1 = (x: Big) => x.div(2).exp().times(x.div(2).sinh()).times(2);
const log1p = (x: Big) => (x.gt(1) ? x.plus(1).ln() : x.div(x.plus(2)).atanh().times(2));
const sech2 = (x: Big) => like(x, 1).div(square(x.cosh()));
const sigmoid = (x: Big) => like(x, 1).div(x.neg().exp().plus(1));
const softplus = (x: Big) => (x.gt(0) ? x : like(x, 0)).plus(log1p(x.abs().neg().exp()));

/** The library's own takes fifty times as long as its tangent. */
function atan(x: Big): Big {
  const near = like(x, Math.atan(x.toNumber()));
  const t = near.tan();
  const rest = x.isFinite() ? x.minus(t).div(x.times(t).plus(1)) : like(x, 1).div(t).times(x.s);
  const square = rest.times(rest);
  let [power, sum] = [rest, rest];
  for (let n = 3; !power.isZero() && power.e > rest.e - classOf(x).precision - 2; n += 2) {
    power = power.times(square).neg();
    sum = sum.plus(power.div(n));
  }
  return near.plus(sum);
}

/** The angle of (x, y), in (−π, π]. */
function atan2(y: Big, x: Big): Big {
  if (x.isZero() || y.isZero() || y.isNaN()) return classOf(x).atan2(y, x);
  const half = atan(y.div(x));
  return x.isNegative() ? half.plus(classOf(x).acos(-1).times(y.s)) : half;
}
const cosine = (x: Big) => like(x, 1).minus(x).times(x.plus(1)).sqrt();

function erfSeries(x: Big): Big {
  const twice = square(x).times(2);
  let [term, sum] = [like(x, 1), like(x, 1)];
  for (let n = 1; !term.isZero() && term.e > sum.e - classOf(x).precision - 2; n++) {
    term = term.times(twice).div(2 * n + 1);
    sum = sum.plus(term);
  }
  return square(x).neg().exp().times(x).times(sum).times(2).div(rootPi(x));
}

/** erfc of x > 0 by the continued fraction, forward (Lentz 1976): its convergents enclose the limit. */
function erfcTail(x: Big): Big {
  const close = like(x, 10).pow(-classOf(x).precision);
  let [tail, above, below, ratio] = [x, x, like(x, 0), like(x, 0)];
  for (let n = 1; ratio.minus(1).abs().gt(close); n++) {
    below = like(x, 1).div(x.plus(below.times(n).div(2)));
    above = x.plus(like(x, n).div(above.times(2)));
    ratio = above.times(below);
    tail = tail.times(ratio);
  }
  return square(x).neg().exp().div(rootPi(x).times(tail));
}

/** Where the fraction takes over: it needs some hundreds of steps there. */
const isFar = (x: Big) => x.gt(Math.sqrt(classOf(x).precision) * 0.6);

function erf(given: Big): Big {
  const x = widen(given, 6);
  if (!isFar(x.abs())) return narrow(erfSeries(x), given);
  return narrow(like(x, 1).minus(erfcTail(x.abs())).times(x.s), given);
}

function erfc(given: Big): Big {
  const x = widen(given, 6);
  if (isFar(x)) return narrow(erfcTail(x), given);
  // 1 − erf x loses the leading digits that erfc has not, about x²/ln 10 of them.
  const lost = x.gt(0) ? Math.ceil(x.toNumber() ** 2 / 2) : 0;
  return narrow(like(widen(x, lost), 1).minus(erf(widen(x, lost))), given);
}

const halfEven = 6;

/** Those that the library has itself, by its own names. */
const methods = "neg floor ceil abs sqrt exp sin cos tan sinh cosh tanh".split(" ") as "exp"[];

/** f(x) of every elementwise primitive of one input. */
export const unary: Readonly<Record<string, (x: Big) => Big>> = {
  ...Object.fromEntries(methods.map((name) => [name, (x: Big) => x[name]()])),
  sign: (x) => (x.isZero() ? x : like(x, x.s)),
  round: (x) => x.toDecimalPlaces(0, halfEven),
  log: (x) => x.ln(),
  asin: (x) => atan2(x, cosine(x)),
  acos: (x) => atan2(cosine(x), x),
  stopGradient: (x) => x,
  ...{ expm1, log1p, atan, sech2, sigmoid, softplus, erf, erfc },
};

const truth = (x: Big, holds: boolean) => like(x, Number(holds));

/** The remainder with the sign of `y`; the library's own is Euclid's, never negative. */
function mod(x: Big, y: Big): Big {
  const r = x.mod(y);
  return y.isNegative() && !r.isZero() ? r.plus(y) : r;
}

/** f(x, y) of every elementwise primitive of two inputs. */
export const binary: Readonly<Record<string, (x: Big, y: Big) => Big>> = {
  add: (x, y) => x.plus(y),
  sub: (x, y) => x.minus(y),
  mul: (x, y) => x.times(y),
  div: (x, y) => x.div(y),
  pow: (x, y) => x.pow(y),
  mod,
  atan2,
  maximum: (x, y) => (x.isNaN() || x.gt(y) ? x : y),
  less: (x, y) => truth(x, x.lt(y)),
  lessEqual: (x, y) => truth(x, x.lte(y)),
  equal: (x, y) => truth(x, x.eq(y)),
  notEqual: (x, y) => truth(x, !x.eq(y)),
  shiftRight: (x, y) => x.div(like(x, 2).pow(y.toNumber() % 32)).floor(),
};
