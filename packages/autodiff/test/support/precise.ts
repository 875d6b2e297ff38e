// Elementary functions of a double, right to half a unit in the last place, by fixed-point series.
import {
  cos as cosFixed,
  erf as erfFixed,
  exp,
  type Fixed,
  fixed,
  log as logFixed,
  one,
  over,
  sin as sinFixed,
  toNumber,
} from "./fixed-point.ts";

/** f computed in fixed point and rounded once; −0 stays −0 for odd functions. */
const rounded =
  (f: (x: Fixed) => Fixed) =>
  (x: number): number =>
    toNumber(f(fixed(x)));

export const sin: (x: number) => number = rounded(sinFixed);
export const cos: (x: number) => number = rounded(cosFixed);
export const erf: (x: number) => number = rounded(erfFixed);
export const erfc: (x: number) => number = rounded((x) => one - erfFixed(x));
export const log: (x: number) => number = rounded(logFixed);
export const log1p: (x: number) => number = rounded((x) => logFixed(one + x));
export const expm1: (x: number) => number = rounded((x) => exp(x) - one);
export const sinh: (x: number) => number = rounded((x) => (exp(x) - exp(-x)) / 2n);
export const sigmoid: (x: number) => number = rounded((x) => over(one, one + exp(-x)));
export const softplus: (x: number) => number = rounded((x) => logFixed(one + exp(x)));
export const tanh: (x: number) => number = rounded((x) =>
  over(exp(2n * x) - one, exp(2n * x) + one),
);
