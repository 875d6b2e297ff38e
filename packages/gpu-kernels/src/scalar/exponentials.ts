// exp, expm1, sinh, cosh and sech² from eˣ, so that nothing cancels and nothing overflows before its time.
//
//   expm1 x = x + x² P(x) for |x| ≤ 0.35, else eˣ − 1
//   sinh x = x + x³ S(x²) for |x| < 1, else h − 1/4h;   cosh x = h + 1/4h,   h = e^|x|/2
//   sech² x = (2t)²/(1 + t²)²,  t = e^−|x|: t² alone would vanish before its time
//
// tanh, sigmoid and softplus are the kernels' activations (kernels/activation-text.ts).
// Near 0 odd functions are x itself: the sum would turn −0 into 0. Sources: exponential.ts; S: a minimax fit of our own.
import type { FunctionText } from "../template.ts";
import { excess, exponential, halfExponential } from "./exponential.ts";
import { ofOne, polynomial } from "./scalar-text.ts";

/** Text after which y is x where x³ is beyond its last digit. */
export const linearNearZero: string = "if (Math.abs(x) < 0.000244140625) { y = x; }";

/** (sinh x − x)/x³ in powers of x², |x| ≤ 1. */
const sinhTail = [0.1666671633720398, 0.008330270648002625, 0.00020373340521473438];

export const expm1: FunctionText = ofOne(
  "expm1Of",
  `
let y = exponential(x) - 1.0;
const m = Math.abs(x);
if (m < 0.35) { y = x + x * x * ${excess("x")}; }
if (m < 0.0000000298) { y = x; }
return y;`,
  exponential,
);

export const sinh: FunctionText = ofOne(
  "sinhOf",
  `
const m = Math.abs(x);
const h = halfExponential(m);
let y = h - 0.25 / h;
if (x < 0.0) { y = -y; }
if (m < 1.0) {
  const z = x * x;
  y = x + x * z * ${polynomial("z", sinhTail)};
}
${linearNearZero}
return y;`,
  halfExponential,
);

export const cosh: FunctionText = ofOne(
  "coshOf",
  `
const h = halfExponential(Math.abs(x));
return h + 0.25 / h;`,
  halfExponential,
);

export const sech2: FunctionText = ofOne(
  "sech2Of",
  `
const t = exponential(-Math.abs(x));
const q = 1.0 + t * t;
return 2.0 * t * (2.0 * t) / (q * q);`,
  exponential,
);
