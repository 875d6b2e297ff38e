// Cases of the functions of one number.
import {
  abs,
  acos,
  asin,
  atan,
  ceil,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  expm1,
  floor,
  log,
  log1p,
  neg,
  round,
  sech2,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  sqrt,
  type Tensor,
  tan,
  tanh,
} from "@cotangent/autodiff";
import { type Case, reshaped } from "../support/case.ts";
import { build } from "../support/plain.ts";
import * as precise from "../support/precise.ts";

/** Six ordinary points in every kind of shape, awkward ones where differences cannot judge, and ends. */
function unary(
  run: (x: Tensor) => Tensor,
  f: (x: number) => number,
  points: readonly [number, number, number, number, number, number],
  awkward: readonly number[],
  tolerance = 4e-16,
  ends: readonly number[] = [],
): Case[] {
  const on = (name: string, x: Tensor, smooth: boolean): Case => ({
    name,
    run: run as Case["run"],
    inputs: [x],
    expected: (a) => build(a.shape, (...index) => f(a.at(...index))),
    smooth,
    tolerance,
  });
  return [
    on("a scalar", reshaped([points[0]], []), true),
    on("a vector", reshaped(points, [6]), true),
    on("a matrix", reshaped(points, [2, 3]), true),
    on("size 1", reshaped([points[1]], [1, 1]), true),
    on("size 0", reshaped([], [2, 0]), true),
    on("awkward points", reshaped(awkward, [awkward.length]), false),
    { ...on("infinite slopes", reshaped(ends, [ends.length]), false), wrt: [] },
  ];
}

const tiny = [0, 1e-8, -1e-8];
const wide = [...tiny, 100, -100];
const all = [...wide, 1000, -1000];
const halfEven = (x: number): number =>
  Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);
const around = [-1.4, -0.7, -0.2, 0.3, 0.8, 1.9] as const;
const inside = [-0.7, -0.4, -0.1, 0.2, 0.5, 0.75] as const;
const positive = [0.5, 1, 1.5, 2.25, 7, 100] as const;
const between = [-2.6, -1.3, -0.4, 0.4, 1.7, 3.2] as const;
const unit = [...tiny, 0.99, -0.99];

export const unaryCases = {
  neg: unary(neg, (x) => -x, around, all, 0),
  sign: unary(sign, (x) => (x > 0 ? 1 : x < 0 ? -1 : x), around, all, 0),
  floor: unary(floor, (x) => -Math.ceil(-x), between, [...wide, 2, -2, 0.5], 0),
  ceil: unary(ceil, (x) => -Math.floor(-x), between, [...wide, 2, -2, 0.5], 0),
  round: unary(round, halfEven, between, [...wide, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5], 0),
  abs: unary(abs, (x) => (x < 0 ? -x : x), around, all, 0),
  sqrt: unary(sqrt, (x) => x ** 0.5, positive, [1e-8, 1e-30, 1000], 4e-16, [0]),
  exp: unary(exp, (x) => Math.E ** x, around, [...tiny, 10, -10, -1000], 1e-14, [1000]),
  expm1: unary(expm1, precise.expm1, around, wide, 1e-15),
  log: unary(log, precise.log, positive, [1e-8, 1e-30, 1000]),
  log1p: unary(log1p, precise.log1p, positive, [...tiny, 1000]),
  sin: unary(sin, precise.sin, around, wide),
  cos: unary(cos, precise.cos, around, wide),
  tan: unary(tan, (x) => precise.sin(x) / precise.cos(x), inside, tiny, 1e-15),
  asin: unary(
    asin,
    (x) => Math.atan2(x, Math.sqrt((1 - x) * (1 + x))),
    inside,
    unit,
    1e-15,
    [1, -1],
  ),
  acos: unary(
    acos,
    (x) => Math.atan2(Math.sqrt((1 - x) * (1 + x)), x),
    inside,
    unit,
    1e-15,
    [1, -1],
  ),
  atan: unary(atan, (x) => Math.atan2(x, 1), around, all, 1e-15),
  sinh: unary(sinh, (x) => precise.sinh(x), around, wide, 1e-15),
  cosh: unary(cosh, (x) => (Math.exp(x) + Math.exp(-x)) / 2, around, wide, 1e-15),
  tanh: unary(tanh, precise.tanh, around, all, 1e-15),
  sech2: unary(sech2, (x) => 1 / Math.cosh(x) ** 2, around, wide, 1e-14),
  sigmoid: unary(sigmoid, precise.sigmoid, around, all, 1e-15),
  softplus: unary(softplus, precise.softplus, around, all, 1e-15),
  erf: unary(erf, precise.erf, around, [...tiny, 2, -2, 5.9, 6, 100, -1000], 1e-15),
  erfc: unary(erfc, precise.erfc, around, [...tiny, 0.99, 1, 2, 5.9, -2, -100], 2e-15),
};
