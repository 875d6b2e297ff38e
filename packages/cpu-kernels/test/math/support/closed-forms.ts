// What the functions are, in doubles: JavaScript's own where it has them, else a formula without cancellation.
import type { binaryFunctions, unaryFunctions } from "../../../src/math/index.ts";

type One = (x: number) => number;
type Two = (x: number, y: number) => number;

/** erf by its series for small |x| and erfc's continued fraction for large (Abramowitz & Stegun 7.1.6, 7.1.14). */
function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size > 6.5) return Math.sign(x);
  if (size < 2.5) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let tail = size;
  for (let n = 60; n > 0; n--) tail = size + n / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail));
}

/** The same continued fraction from ½ on, where 1 − erf would cancel; h² is exact, h being x in single precision. */
function erfc(x: number): number {
  if (!(x >= 0.5)) return 1 - erf(x);
  if (x > 30) return 0;
  let tail = x;
  for (let n = 1000; n > 0; n--) tail = x + n / 2 / tail;
  const h = Math.fround(x);
  return (Math.exp(-h * h) * Math.exp((h - x) * (h + x))) / (Math.sqrt(Math.PI) * tail);
}

function sech2(x: number): number {
  const t = Math.exp(-2 * Math.abs(x));
  return (4 * t) / (1 + t) ** 2;
}

function sigmoid(x: number): number {
  const t = Math.exp(-Math.abs(x));
  return (x < 0 ? t : 1) / (1 + t);
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The remainder with the sign of y. */
function mod(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}

export const closedForms: Record<keyof typeof unaryFunctions, One> = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sech2,
  sigmoid,
  softplus,
  erf,
  erfc,
};
export const closedFormsOfTwo: Record<keyof typeof binaryFunctions, Two> = {
  mod,
  atan2: Math.atan2,
  pow: (x, y) => x ** y,
};
