// φ, φ′ and φ″ of each activation as text, through e = exp −|a| (or exp −2|a|), which never overflows.
//
//   tanh      (1 − e²)/(1 + e²) sign a      φ′ = 4e²/(1 + e²)²      φ″ = −2φφ′
//   sigmoid   1/(1 + exp −a)                φ′ = e/(1 + e)²         φ″ = φ′(1 − 2φ)
//   softplus  max(a, 0) + log1p e           φ′ = σ                  φ″ = σ′
//   silu      a σ                           φ′ = σ + a σ′           φ″ = σ′(2 + a(1 − 2σ))
//   relu      max(a, 0), NaN at NaN          φ′ = (a > 0)            φ″ = 0
// Near 0, tanh is Cephes' polynomial (Moshier, tanhf.c): the quotient would lose its relative accuracy.
import { type FunctionText, functionText } from "../template.ts";
import { exponential, logOnePlus } from "./elementary.ts";

/** Activations that have kernels. */
export type ActivationName = "tanh" | "softplus" | "silu" | "sigmoid" | "relu" | "identity";

/** Those that bend: φ″ is not zero everywhere. */
export type CurvedActivation = Exclude<ActivationName, "relu" | "identity">;

/** Whether φ″ is not zero everywhere. */
export const isCurved = (activation: ActivationName): activation is CurvedActivation =>
  activation !== "relu" && activation !== "identity";

/** φ, φ′ or φ″. */
export type Order = 0 | 1 | 2;

const of = (name: string, body: string, ...uses: readonly FunctionText[]): FunctionText =>
  functionText(name, ["a"], body, uses);

const tanh = of(
  "tanhOf",
  `
if (Math.abs(a) < 0.625) {
  const z = a * a;
  let p = -0.00570498872745;
  p = p * z + 0.0206390887954;
  p = p * z - 0.0537397155531;
  p = p * z + 0.133314422036;
  p = p * z - 0.333332819422;
  return p * z * a + a;
}
const e = exponential(-2.0 * Math.abs(a));
const t = (1.0 - e) / (1.0 + e);
if (a < 0.0) { return -t; }
return t;`,
  exponential,
);
const tanhSlope = of(
  "tanhSlope",
  "const e = exponential(-2.0 * Math.abs(a));\nreturn 4.0 * e / ((1.0 + e) * (1.0 + e));",
  exponential,
);
const sigmoid = of(
  "sigmoidOf",
  `
const e = exponential(-Math.abs(a));
if (a < 0.0) { return e / (1.0 + e); }
return 1.0 / (1.0 + e);`,
  exponential,
);
const sigmoidSlope = of(
  "sigmoidSlope",
  "const e = exponential(-Math.abs(a));\nreturn e / ((1.0 + e) * (1.0 + e));",
  exponential,
);
const positive = "let y = a;\nif (a <= 0.0) { y = 0.0; }\nreturn y";

const texts: Readonly<Record<ActivationName, readonly [FunctionText, FunctionText, FunctionText]>> =
  {
    tanh: [
      tanh,
      tanhSlope,
      of("tanhCurvature", "return -2.0 * tanhOf(a) * tanhSlope(a);", tanh, tanhSlope),
    ],
    sigmoid: [
      sigmoid,
      sigmoidSlope,
      of(
        "sigmoidCurvature",
        "return sigmoidSlope(a) * (1.0 - 2.0 * sigmoidOf(a));",
        sigmoid,
        sigmoidSlope,
      ),
    ],
    softplus: [
      of(
        "softplusOf",
        `${positive} + logOnePlus(exponential(-Math.abs(a)));`,
        exponential,
        logOnePlus,
      ),
      sigmoid,
      sigmoidSlope,
    ],
    silu: [
      of("siluOf", "return a * sigmoidOf(a);", sigmoid),
      of("siluSlope", "return sigmoidOf(a) + a * sigmoidSlope(a);", sigmoid, sigmoidSlope),
      of(
        "siluCurvature",
        "return sigmoidSlope(a) * (2.0 + a * (1.0 - 2.0 * sigmoidOf(a)));",
        sigmoid,
        sigmoidSlope,
      ),
    ],
    relu: [
      of("reluOf", `${positive};`),
      of("reluSlope", "let y = 1.0;\nif (a <= 0.0) { y = 0.0; }\nreturn y;"),
      of("reluCurvature", "return 0.0;"),
    ],
    identity: [
      of("identityOf", "return a;"),
      of("identitySlope", "return 1.0;"),
      of("identityCurvature", "return 0.0;"),
    ],
  };

/** The names of all activations that have kernels. */
export const activationNames: readonly ActivationName[] = Object.keys(texts) as ActivationName[];

/** φ, φ′ or φ″ as a function of `a`. */
export const activationText = (activation: ActivationName, order: Order): FunctionText =>
  texts[activation][order];
