// The functions to 60 digits, by mathjs, for doubles: a double and what it leaves.
import { all, type BigNumber, create } from "mathjs";

const math = create(all!, { number: "BigNumber", precision: 60 });
/** Large angles lose as many digits as they have. */
const long = create(all!, { number: "BigNumber", precision: 400 });
/** The number itself, not its shortest decimal. */
function big(x: number): BigNumber {
  let [m, halvings] = [x, 0];
  for (; !Number.isInteger(m); halvings += 50) m *= 2 ** 50;
  return math.bignumber(BigInt(m).toString()).div(math.bignumber(2).pow(halvings));
}
const one = big(1);
const two = big(2);

/** Σ aₙ xⁿ, the first terms; for x so small that the closed form would lose its digits. */
const series = (x: BigNumber, ...a: readonly BigNumber[]): BigNumber =>
  a.reduceRight((sum, c) => sum.times(x).plus(c), big(0)).times(x);
const isTiny = (x: BigNumber) => x.abs().lt(1e-25);

const ratio = (p: number, q: number) => big(p).div(big(q));
const expm1 = (x: BigNumber) =>
  isTiny(x) ? series(x, one, ratio(1, 2), ratio(1, 6)) : x.exp().minus(1);
const log1p = (x: BigNumber) =>
  isTiny(x) ? series(x, one, ratio(-1, 2), ratio(1, 3)) : x.plus(1).ln();
const decay = (x: BigNumber) => x.abs().neg().exp();

function sech2(x: BigNumber): BigNumber {
  const t = decay(x.times(2));
  return t.times(4).div(t.plus(1).pow(2));
}

/** 2/√π Σ (−1)ⁿ x^(2n+1)/(n! (2n + 1)) (Abramowitz & Stegun 7.1.5); the terms reach e^(x²), 60 digits cover |x| < 6. */
function erf(x: BigNumber): BigNumber {
  const square = x.times(x).neg();
  let [power, sum] = [x, x];
  for (let n = 1; power.abs().gt(1e-45); n++) {
    power = power.times(square).div(n);
    sum = sum.plus(power.div(2 * n + 1));
  }
  return sum.times(two).div(math.sqrt(math.acos(big(-1)) as BigNumber) as BigNumber);
}

/** 1 − erf, or from 2 on e^(−x²)/√π · 1/(x + ½/(x + 1/(x + …))) (ibid. 7.1.14), whose thousandth term is beyond 60 digits. */
function erfc(x: BigNumber): BigNumber {
  if (x.lt(2)) return one.minus(erf(x));
  let tail = x;
  for (let n = 1000; n > 0; n--) tail = x.plus(ratio(n, 2).div(tail));
  const root = math.sqrt(math.acos(big(-1)) as BigNumber) as BigNumber;
  return x.times(x).neg().exp().div(root.times(tail));
}

const forms: Record<string, (x: BigNumber, y: BigNumber) => BigNumber> = {
  exp: (x) => x.exp(),
  expm1,
  log: (x) => x.ln(),
  log1p,
  sin: (x) => x.sin(),
  cos: (x) => x.cos(),
  tan: (x) => x.tan(),
  asin: (x) => x.asin(),
  acos: (x) => x.acos(),
  atan: (x) => x.atan(),
  sinh: (x) => (isTiny(x) ? x : x.sinh()),
  cosh: (x) => x.cosh(),
  tanh: (x) => (isTiny(x) ? x : expm1(x.times(2)).div(expm1(x.times(2)).plus(2))),
  sech2,
  sigmoid: (x) => (x.isNegative() ? decay(x) : one).div(decay(x).plus(1)),
  softplus: (x) => (x.isNegative() ? big(0) : x).plus(log1p(decay(x))),
  erf,
  erfc,
  pow: (x, y) => x.ln().times(y).exp(),
  atan2: (y, x) => (math.atan2 as (y: BigNumber, x: BigNumber) => BigNumber)(y, x),
};

/** The value at doubles, and the rest. */
export const truth = (name: string, x: number, y = 0): Exact => split(forms[name]!(big(x), big(y)));

/** sin, cos or tan of a whole number of any size. */
export const truthOfLarge = (name: "sin" | "cos" | "tan", x: number): Exact =>
  split(long.bignumber(BigInt(x).toString())[name]());

interface Exact {
  readonly value: number;
  readonly rest: number;
}

function split(exact: BigNumber): Exact {
  const value = exact.toNumber();
  return { value, rest: Number.isFinite(value) ? exact.minus(big(value)).toNumber() : 0 };
}
