// Functions of one number, each with its derivative: one line of mathematics a primitive.
//
//   y = f(x),  ẏ = f′(x)·ẋ
//
// Derivatives are written so that the first and second are right to rounding wherever they exist:
// tanh′ = sech² and σ′ = ¼ sech²(x/2) are products of stable functions, with no 1 − y² to cancel.
import { zeroTangent } from "../primitive.ts";
import { add, div, elementwise, mul, neg, type Operation1, sub } from "./arithmetic.ts";
import { erfOf } from "./erf.ts";

/** Rounds half to even, as IEEE 754 and WebAssembly do. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5)
    return rest < 0.5 && x < 0 && floor === 0 ? -0 : rest < 0.5 ? floor : Math.ceil(x);
  return floor % 2 === 0 ? floor : Math.ceil(x);
}

/** 1/cosh², from t = exp(−2|x|), which never overflows. */
function sech2Of(x: number): number {
  const t = Math.exp(-2 * Math.abs(x));
  return (4 * t) / ((1 + t) * (1 + t));
}

function sigmoidOf(x: number): number {
  const t = Math.exp(-Math.abs(x));
  return x < 0 ? t / (1 + t) : 1 / (1 + t);
}

export const sign: Operation1 = elementwise({
  name: "sign",
  f: Math.sign,
  derivative: zeroTangent,
  integers: true,
});
export const floor: Operation1 = elementwise({
  name: "floor",
  f: Math.floor,
  derivative: zeroTangent,
  integers: true,
});
export const ceil: Operation1 = elementwise({
  name: "ceil",
  f: Math.ceil,
  derivative: zeroTangent,
  integers: true,
});
/** Rounds half to even. */
export const round: Operation1 = elementwise({
  name: "round",
  f: roundHalfEven,
  derivative: zeroTangent,
  integers: true,
});

/** |x|, with the derivative 0 at 0. */
export const abs: Operation1 = elementwise({
  name: "abs",
  f: Math.abs,
  derivative: (x) => sign(x),
  integers: true,
});
export const sqrt: Operation1 = elementwise({
  name: "sqrt",
  f: Math.sqrt,
  derivative: (_x, y) => div(0.5, y),
});
export const exp: Operation1 = elementwise({ name: "exp", f: Math.exp, derivative: (_x, y) => y });
/** eˣ − 1 without cancellation near 0. */
export const expm1: Operation1 = elementwise({
  name: "expm1",
  f: Math.expm1,
  derivative: (x) => exp(x),
});
export const log: Operation1 = elementwise({
  name: "log",
  f: Math.log,
  derivative: (x) => div(1, x),
});
/** ln(1 + x) without cancellation near 0. */
export const log1p: Operation1 = elementwise({
  name: "log1p",
  f: Math.log1p,
  derivative: (x) => div(1, add(x, 1)),
});

export const sin: Operation1 = elementwise({ name: "sin", f: Math.sin, derivative: (x) => cos(x) });
export const cos: Operation1 = elementwise({
  name: "cos",
  f: Math.cos,
  derivative: (x) => neg(sin(x)),
});
export const tan: Operation1 = elementwise({
  name: "tan",
  f: Math.tan,
  derivative: (_x, y) => add(mul(y, y), 1),
});
/** (1 − x)(1 + x) keeps its digits where 1 − x² cancels. */
const oneMinusSquare = (x: Parameters<Operation1>[0]) => mul(sub(1, x), add(1, x));
export const asin: Operation1 = elementwise({
  name: "asin",
  f: Math.asin,
  derivative: (x) => div(1, sqrt(oneMinusSquare(x))),
});
export const acos: Operation1 = elementwise({
  name: "acos",
  f: Math.acos,
  derivative: (x) => div(-1, sqrt(oneMinusSquare(x))),
});
export const atan: Operation1 = elementwise({
  name: "atan",
  f: Math.atan,
  derivative: (x) => div(1, add(mul(x, x), 1)),
});
export const sinh: Operation1 = elementwise({
  name: "sinh",
  f: Math.sinh,
  derivative: (x) => cosh(x),
});
export const cosh: Operation1 = elementwise({
  name: "cosh",
  f: Math.cosh,
  derivative: (x) => sinh(x),
});
export const tanh: Operation1 = elementwise({
  name: "tanh",
  f: Math.tanh,
  derivative: (x) => sech2(x),
});
/** sech²(x) = 1/cosh²(x), the derivative of tanh; its own is −2 tanh x sech² x. */
export const sech2: Operation1 = elementwise({
  name: "sech2",
  f: sech2Of,
  derivative: (x, y) => mul(mul(-2, tanh(x)), y),
});

/** σ(x) = 1/(1 + e⁻ˣ). */
export const sigmoid: Operation1 = elementwise({
  name: "sigmoid",
  f: sigmoidOf,
  derivative: (x) => mul(0.25, sech2(mul(0.5, x))),
});
/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
export const softplus: Operation1 = elementwise({
  name: "softplus",
  f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  derivative: (x) => sigmoid(x),
});
/** The error function 2/√π ∫₀ˣ e^(−t²) dt; its derivative is 2/√π e^(−x²). */
export const erf: Operation1 = elementwise({
  name: "erf",
  f: erfOf,
  derivative: (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))),
});
