// Functions of one number, each with its derivative: one line of mathematics a primitive.
//
//   y = f(x),  ẏ = f′(x)·ẋ
//
// Derivatives are written so that the first and second are right to rounding wherever they exist:
// tanh′ = sech² and σ′ = ¼ sech²(x/2) are products of stable functions, with no 1 − y² to cancel.
import { zeroTangent } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, elementwise, mul, neg, sub, type Unary } from "./arithmetic.ts";
import { erfcOf, erfOf } from "./erf.ts";
import { stopGradient } from "./stop-gradient.ts";

/** Rounds half to even, as IEEE 754 and WebAssembly do; −0.4 gives −0. */
function roundHalfEven(x: number): number {
  const isTie = Math.abs(x % 1) === 0.5;
  return isTie ? 2 * Math.round(x / 2) : Math.round(x);
}

/** 1/cosh², from t = exp(−2|x|), which never overflows. */
function sech2Of(x: number): number {
  const t = Math.exp(-2 * Math.abs(x));
  return (4 * t) / ((1 + t) * (1 + t));
}

function sigmoidOf(x: number): number {
  const t = Math.exp(-Math.abs(x));
  return (x < 0 ? t : 1) / (1 + t);
}

const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const sign: Unary = elementwise("sign", Math.sign, zeroTangent, "number");
export const floor: Unary = elementwise("floor", Math.floor, zeroTangent, "number");
export const ceil: Unary = elementwise("ceil", Math.ceil, zeroTangent, "number");
/** Rounds half to even. */
export const round: Unary = elementwise("round", roundHalfEven, zeroTangent, "number");
/** |x|, with the derivative 0 at 0. */
export const abs: Unary = elementwise("abs", Math.abs, (x) => sign(x), "number");
export const sqrt: Unary = elementwise("sqrt", Math.sqrt, (_x, y) => div(0.5, y));
export const exp: Unary = elementwise("exp", Math.exp, (_x, y) => y);
/** eˣ − 1 without cancellation near 0. */
export const expm1: Unary = elementwise("expm1", Math.expm1, (x) => exp(x));
export const log: Unary = elementwise("log", Math.log, (x) => div(1, x));
/** ln(1 + x) without cancellation near 0. */
export const log1p: Unary = elementwise("log1p", Math.log1p, (x) => div(1, add(x, 1)));

export const sin: Unary = elementwise("sin", Math.sin, (x) => cos(x));
export const cos: Unary = elementwise("cos", Math.cos, (x) => neg(sin(x)));
export const tan: Unary = elementwise("tan", Math.tan, (_x, y) => add(mul(y, y), 1));
/** √(1 − x²) with the value of (1 − x)(1 + x), right near ±1, and the slope of 1 − x², right near 0. */
function cosine(x: Tensor): Tensor {
  const y = sub(1, mul(x, x));
  return sqrt(add(y, stopGradient(sub(mul(sub(1, x), add(1, x)), y))));
}
export const asin: Unary = elementwise("asin", Math.asin, (x) => div(1, cosine(x)));
export const acos: Unary = elementwise("acos", Math.acos, (x) => div(-1, cosine(x)));
export const atan: Unary = elementwise("atan", Math.atan, (x) => div(1, add(mul(x, x), 1)));
export const sinh: Unary = elementwise("sinh", Math.sinh, (x) => cosh(x));
export const cosh: Unary = elementwise("cosh", Math.cosh, (x) => sinh(x));
export const tanh: Unary = elementwise("tanh", Math.tanh, (x) => sech2(x));
/** sech²(x) = 1/cosh²(x), the derivative of tanh; its own is −2 tanh x sech² x. */
export const sech2: Unary = elementwise("sech2", sech2Of, (x, y) => mul(mul(-2, tanh(x)), y));

/** σ(x) = 1/(1 + e⁻ˣ). */
export const sigmoid: Unary = elementwise("sigmoid", sigmoidOf, (x) =>
  mul(0.25, sech2(mul(0.5, x))),
);
/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
export const softplus: Unary = elementwise("softplus", softplusOf, (x) => sigmoid(x));
const gaussian = (x: Tensor) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x))));
/** The error function 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf: Unary = elementwise("erf", erfOf, gaussian);
/** 1 − erf x, which keeps its digits far out. */
export const erfc: Unary = elementwise("erfc", erfcOf, (x) => neg(gaussian(x)));
