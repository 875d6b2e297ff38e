// Angles by quadrants: the first half of sin, cos and tan.
//
//   x = k ½π + r + tail, |r| ≤ ¼π
//
// Near vectors, |x| below a limit, subtract k ½π in parts whose products with k are exact (Cody & Waite 1980, chapter 8).
// If any lane lies farther out or, in f64, so near to a multiple of ½π that this loses digits, each such lane goes
// through `reduceLarge`.
import { call, type Expr, ifThen, type Local, lane, op, set, shuffle } from "../wasm/index.ts";
import { choose, type Lanes } from "./lanes.ts";
import { reduceLarge } from "./large-angle.ts";
import type { Scope } from "./scope.ts";

/** `quadrant` holds k in its two lowest bits; `tail` is null in f32. */
export interface Angle {
  readonly r: Expr;
  readonly tail: Expr | null;
  readonly quadrant: Expr;
}

/** ½π as sums; k times each part but the last is exact, for k < 2¹¹ and k < 2²⁰. */
const parts32 = [
  1.57080078125, -4.454515874385834e-6, 6.076561476220377e-11, 5.390302953474238e-15,
] as const;
const limit32 = 3216;
const parts64 = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;
const limit64 = 1_600_000;

/** k, the integer next to x·2/π, as a number, and a variable with its bits. */
function nearest(scope: Scope, l: Lanes, x: Expr): { k: Expr; whole: Local } {
  const magic = l.constant(1.5 * 2 ** l.fraction);
  const whole = scope.variable(l.mulAdd(x, l.constant(2 / Math.PI), magic), "whole");
  return { k: scope.let(l.sub(whole, magic), "k"), whole };
}

/** `subtrahend` is taken from `from`; the difference, and what rounding took from it. */
function difference(scope: Scope, l: Lanes, from: Expr, subtrahend: Expr): [Expr, Expr] {
  const w = scope.let(subtrahend, "w");
  const rounded = scope.let(l.sub(from, w), "rounded");
  return [rounded, l.sub(l.sub(from, rounded), w)];
}

const low = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const firsts = (a: Expr, b: Expr): Expr => shuffle(low, a, b);
const seconds = (a: Expr, b: Expr): Expr =>
  shuffle([8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31], a, b);

/** The words that hold the quadrants of four lanes, from the second lanes of four vectors. */
const lowWords = (a: Expr, b: Expr): Expr =>
  shuffle([0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27], a, b);

/** With `isExact`, r is rounded once instead of up to three times, as a quotient of two functions of it needs. */
export function reduceSingle(scope: Scope, l: Lanes, x: Expr, isExact: boolean): Angle {
  const { k, whole } = nearest(scope, l, x);
  const times = (part: number) => l.mul(k, l.constant(part));
  let near = x;
  if (isExact) {
    const first = scope.let(l.sub(x, times(parts32[0])), "first");
    const [second, lost] = difference(scope, l, first, times(parts32[1]));
    near = l.sub(second, l.add(l.sub(times(parts32[2]), lost), times(parts32[3])));
  } else for (const part of parts32) near = l.mulAdd(k, l.constant(-part), near);
  const r = scope.variable(near, "r");
  const isFar = scope.let(op("v128.not", l.le(l.abs(x), l.constant(limit32))), "isFar");
  const slow = scope.inner();
  const [a, b, c, d] = [0, 1, 2, 3].map((index) => {
    const value = op("f64.promote_f32", lane("f32x4.extract_lane", index, x));
    return slow.let(call(reduceLarge(scope.module), value), "far");
  }) as [Expr, Expr, Expr, Expr];
  const single = (v: Expr) => op("f32x4.demote_f64x2_zero", v);
  const remainders = shuffle(low, single(firsts(a, b)), single(firsts(c, d)));
  const quadrants = lowWords(seconds(a, b), seconds(c, d));
  slow.push(set(r, choose(isFar, remainders, r)), set(whole, choose(isFar, quadrants, whole)));
  scope.push(ifThen(op("v128.any_true", isFar), ...slow.statements));
  return { r, tail: null, quadrant: whole };
}

export function reduceDouble(scope: Scope, l: Lanes, x: Expr): Angle {
  const { k, whole } = nearest(scope, l, x);
  const times = (part: number) => l.mul(k, l.constant(part));
  const first = scope.let(l.sub(x, times(parts64[0])), "first");
  const [second, lost] = difference(scope, l, first, times(parts64[1]));
  const rest = scope.let(l.sub(times(parts64[2]), lost), "rest");
  const r = scope.variable(l.sub(second, rest), "r");
  const tail = scope.variable(l.sub(l.sub(second, r), rest), "tail");
  const size = scope.let(l.abs(x), "size");
  const isClose = l.lt(l.abs(r), l.mul(size, l.constant(2 ** -50)));
  const isFar = op("v128.not", l.le(size, l.constant(limit64)));
  const isHard = scope.let(l.or(isFar, isClose), "isHard");
  const slow = scope.inner();
  const [a, b] = [0, 1].map((index) =>
    slow.let(call(reduceLarge(scope.module), lane("f64x2.extract_lane", index, x)), "far"),
  ) as [Expr, Expr];
  const tails = slow.let(seconds(a, b), "tails");
  slow.push(set(r, choose(isHard, firsts(a, b), r)), set(tail, choose(isHard, tails, tail)));
  slow.push(set(whole, choose(isHard, tails, whole)));
  scope.push(ifThen(op("v128.any_true", isHard), ...slow.statements));
  return { r, tail, quadrant: whole };
}
