// erf, and erfc to a few ulp far into its tail.
//
//   |x| < 1:  erf x = x + x P(x²)           |x| ≥ 1:  erf x = ±(1 − e^−Q(|x|)),  Q(x) = −ln erfc x
//   |x| < ½:  erfc x = 1 − erf x
//   x ≥ ½:    erfc x = e^(−h²) e^(h² − x²) S(t)/(1 + 2x),  t = (x − 2)/(x + 2)        erfc(−x) = 2 − erfc x
//
// h is x to 8 binary places, so that h² is exact: rounding x² would cost a relative error of x² units.
// Sources: Q is an idea of N. Juffa's erff; S: a Chebyshev series (Shepherd & Laframboise 1981, Mathematics of Computation 36).
// The coefficients are those of cpu-kernels.
import { type FunctionText, literal } from "../template.ts";
import { exponential } from "./exponential.ts";
import { ofOne, polynomial } from "./scalar-text.ts";

/** (erf x − x)/x in powers of x², |x| < 1. */
const p = [
  0.12837916612625122, -0.3761262595653534, 0.11283578723669052, -0.026853347197175026,
  0.005187162198126316, -0.0007997853099368513, 7.806903886375949e-5,
];
/** −ln erfc x in powers of x, 1 ≤ x < 4. */
const q = [
  0.0003205664979759604, 1.1271716356277466, 0.6380123496055603, 0.1032179668545723,
  -0.0218894612044096, 0.0029600493144243956, -0.00018759591330308467,
];

/** erf x for |x| < 1; square: the name of x². */
const near = (square: string): string => `x + x * ${polynomial(square, p)}`;

export const erf: FunctionText = ofOne(
  "erfOf",
  `
let size = Math.abs(x);
const square = x * x;
let y = ${near("square")};
if (size >= 1.0) {
  if (size > 4.0) { size = 4.0; }
  y = 1.0 - exponential(-${polynomial("size", q)});
  if (x < 0.0) { y = -y; }
}
if (Math.abs(x) < ${literal(2 ** -100)}) { y = x * 1.1283791670955126; }
return y;`,
  exponential,
);

const series = [
  1.1760066555883004, 0.025779673870048207, -0.10659315067778503, 0.03880887957448382,
  -0.005414899930893725, -0.00040815257282372384, 0.00019843768248553527, 9.842532776048127e-6,
  -7.763265561062859e-6, -7.174001457529682e-7, 3.140694955581843e-7, 6.188423669546144e-8,
  -9.890619934492214e-9,
];

/** Text that declares `smooth` = Σ cₙ Tₙ(t) by Clenshaw's recurrence: b₀ = b, b₁ = next, b₂ = after. */
const chebyshev = `
const twice = 2.0 * t;
let after = 0.0;
let next = ${literal(series.at(-1)!)};
let b = 0.0;
${series
  .slice(1, -1)
  .toReversed()
  .map((c) => `b = twice * next + (${literal(c)} - after);\nafter = next;\nnext = b;`)
  .join("\n")}
const smooth = t * next + (${literal(series[0]!)} - after);`;

/** e^s to six terms, |s| < 1/12. */
const shortExp = polynomial("s", [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720]);

export const erfc: FunctionText = ofOne(
  "erfcOf",
  `
let size = Math.abs(x);
if (size > 10.6) { size = 10.6; }
const t = (size - 2.0) / (size + 2.0);
${chebyshev}
const h = Math.floor(size * 256.0) * 0.00390625;
const s = (h - size) * (h + size);
const tail = exponential(-h * h) * (${shortExp} * smooth / (1.0 + 2.0 * size));
let y = tail;
if (x < 0.0) { y = 2.0 - tail; }
if (size < 0.5) {
  const square = x * x;
  y = 1.0 - (${near("square")});
}
return y;`,
  exponential,
);
