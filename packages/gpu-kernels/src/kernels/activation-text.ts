// φ, φ′ and φ″ of each activation as text, through e = exp −|a| (or exp −2|a|), which never overflows.
//
//   tanh      (1 − e²)/(1 + e²) sign a      φ′ = 4e²/(1 + e²)²      φ″ = −2φφ′
//   sigmoid   1/(1 + exp −a)                φ′ = e/(1 + e)²         φ″ = φ′(1 − 2φ)
//   softplus  max(a, 0) + log1p e           φ′ = σ                  φ″ = σ′
//   silu      a σ                           φ′ = σ + a σ′           φ″ = σ′(2 + a(1 − 2σ))
//   relu      max(a, 0), NaN at NaN          φ′ = (a > 0)            φ″ = 0
// Near 0, tanh is Cephes' polynomial (Moshier, tanhf.c): the quotient would lose its relative accuracy.

import { exponential } from "../scalar/exponential.ts";
import { sech2 } from "../scalar/exponentials.ts";
import { logOnePlus } from "../scalar/logarithms.ts";
import { type FunctionText, functionText } from "../template.ts";

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

/** Declares e = exp −2|a|, t = tanh a and slope = 1 − t². */
const tanhText = `
const m = Math.abs(a);
const e = exponential(-2.0 * m);
const slope = 4.0 * e / ((1.0 + e) * (1.0 + e));
let t = (1.0 - e) / (1.0 + e);
if (a < 0.0) { t = -t; }
if (m < 0.625) {
  const z = a * a;
  let p = -0.00570498872745;
  p = p * z + 0.0206390887954;
  p = p * z - 0.0537397155531;
  p = p * z + 0.133314422036;
  p = p * z - 0.333332819422;
  t = p * z * a + a;
}
if (m < 0.000244140625) { t = a; }`;

/** Declares e = exp −|a|, s = σ(a) and slope = σ′(a). */
const sigmoidText = `
const e = exponential(-Math.abs(a));
const slope = e / ((1.0 + e) * (1.0 + e));
let s = 1.0 / (1.0 + e);
if (a < 0.0) { s = e / (1.0 + e); }`;

const positive = "let y = a;\nif (a <= 0.0) { y = 0.0; }\nreturn y";

const texts: Readonly<Record<ActivationName, readonly [FunctionText, FunctionText, FunctionText]>> =
  {
    tanh: [
      of("tanhOf", `${tanhText}\nreturn t;`, exponential),
      sech2,
      of("tanhCurvature", `${tanhText}\nreturn -2.0 * t * slope;`, exponential),
    ],
    sigmoid: [
      of("sigmoidOf", `${sigmoidText}\nreturn s;`, exponential),
      of("sigmoidSlope", `${sigmoidText}\nreturn slope;`, exponential),
      of("sigmoidCurvature", `${sigmoidText}\nreturn slope * (1.0 - 2.0 * s);`, exponential),
    ],
    softplus: [
      of(
        "softplusOf",
        `${positive} + logOnePlus(exponential(-Math.abs(a)));`,
        exponential,
        logOnePlus,
      ),
      of("softplusSlope", `${sigmoidText}\nreturn s;`, exponential),
      of("softplusCurvature", `${sigmoidText}\nreturn slope;`, exponential),
    ],
    silu: [
      of("siluOf", `${sigmoidText}\nreturn a * s;`, exponential),
      of("siluSlope", `${sigmoidText}\nreturn s + a * slope;`, exponential),
      of(
        "siluCurvature",
        `${sigmoidText}\nreturn slope * (2.0 + a * (1.0 - 2.0 * s));`,
        exponential,
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
