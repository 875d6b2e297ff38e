// sin, cos and tan.
//
//   x = k ½π + r + tail, |r| ≤ ¼π        sin x is ± sin r or ± cos r by k mod 4
//
// Near vectors, |x| below a limit, subtract k ½π in parts whose products with k are exact (Cody & Waite 1980, chapter 8).
// If any lane lies farther out or, in f64, so near to a multiple of ½π that this loses digits, each such lane goes
// through `reduceLarge`. The kernels are those of fdlibm (k_sin.c, k_cos.c), with fits of our own; tan = sin/cos.
import { call, type Expr, ifThen, lane, op, set, shuffle } from "../wasm/index.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import { reduceLarge } from "./large-angle.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

interface Table {
  /** ½π as a sum; k times each but the last is exact. */
  readonly parts: readonly number[];
  readonly limit: number;
  /** (sin r − r)/r³ and (cos r − 1 + r²/2)/r⁴ in powers of r², |r| ≤ ¼π. */
  readonly sine: readonly number[];
  readonly cosine: readonly number[];
}

const tables: Record<FloatShape, Table> = {
  f32x4: {
    parts: [1.57080078125, -4.454515874385834e-6, 6.076561476220377e-11, 5.390302953474238e-15],
    limit: 3216, // k < 2¹¹
    sine: [-0.16666653752326965, 0.008332106284797192, -0.00019507887191139162],
    cosine: [0.04166664555668831, -0.0013887302484363317, 2.4430977646261454e-5],
  },
  f64x2: {
    parts: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21],
    limit: 1_600_000, // k < 2²⁰
    sine: [
      -0.1666666666666663, 0.00833333333332184, -0.00019841269829358541, 2.7557313538523386e-6,
      -2.5050734391224234e-8, 1.5895433425647804e-10,
    ],
    cosine: [
      0.041666666666666595, -0.0013888888888873307, 2.4801587288965227e-5, -2.755731420307743e-7,
      2.0875703139139167e-9, -1.1358616975302944e-11,
    ],
  },
};

/** `quadrant` holds k in its lowest bits; `tail` is 0 in f32. */
interface Angle {
  readonly r: Expr;
  readonly tail: Expr | null;
  readonly quadrant: Expr;
}

function reduceF32(scope: Scope, l: Lanes, x: Expr): Angle {
  const { parts, limit } = tables.f32x4;
  const magic = l.constant(1.5 * 2 ** 23);
  const whole = scope.variable(l.add(l.mul(x, l.constant(2 / Math.PI)), magic), "whole");
  const k = scope.let(l.sub(whole, magic), "k");
  const near = parts.reduce((rest, part) => l.sub(rest, l.mul(k, l.constant(part))), x);
  const r = scope.variable(near, "r");
  const isFar = scope.let(op("v128.not", l.le(l.abs(x), l.constant(limit))), "isFar");
  const slow = scope.inner();
  const far = [0, 1, 2, 3].map((k) => {
    const value = op("f64.promote_f32", lane("f32x4.extract_lane", k, x));
    return slow.let(call(reduceLarge(scope.module), value), "far");
  }) as [Expr, Expr, Expr, Expr];
  const join = (pick: (a: Expr, b: Expr) => Expr) => {
    const [low, high] = [pick(far[0], far[1]), pick(far[2], far[3])];
    return [low, high] as const;
  };
  const [r01, r23] = join((a, b) => op("f32x4.demote_f64x2_zero", firsts(a, b)));
  const remainders = shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23], r01, r23);
  const [q01, q23] = join(seconds);
  const quadrants = shuffle([0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27], q01, q23);
  slow.push(set(r, choose(isFar, remainders, r)), set(whole, choose(isFar, quadrants, whole)));
  scope.push(ifThen(op("v128.any_true", isFar), ...slow.statements));
  return { r, tail: null, quadrant: whole };
}

const firsts = (a: Expr, b: Expr): Expr =>
  shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23], a, b);
const seconds = (a: Expr, b: Expr): Expr =>
  shuffle([8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31], a, b);

function reduceF64(scope: Scope, l: Lanes, x: Expr): Angle {
  const { parts, limit } = tables.f64x2;
  const magic = l.constant(1.5 * 2 ** 52);
  const whole = scope.variable(l.add(l.mul(x, l.constant(2 / Math.PI)), magic), "whole");
  const k = scope.let(l.sub(whole, magic), "k");
  const [p, q, s] = parts.map(l.constant) as [Expr, Expr, Expr];
  const first = scope.let(l.sub(x, l.mul(k, p)), "first");
  const w = scope.let(l.mul(k, q), "w");
  const second = scope.let(l.sub(first, w), "second");
  // What rounding took from `second`, and the last part.
  const lost = l.sub(l.sub(first, second), w);
  const rest = scope.let(l.sub(l.mul(k, s), lost), "rest");
  const r = scope.variable(l.sub(second, rest), "r");
  const tail = scope.variable(l.sub(l.sub(second, r), rest), "tail");
  const size = scope.let(l.abs(x), "size");
  const isClose = l.lt(l.abs(r), l.mul(size, l.constant(2 ** -50)));
  const isFar = op("v128.not", l.le(size, l.constant(limit)));
  const isHard = scope.let(l.or(isFar, isClose), "isHard");
  const slow = scope.inner();
  const [a, b] = [0, 1].map((k) =>
    slow.let(call(reduceLarge(scope.module), lane("f64x2.extract_lane", k, x)), "far"),
  ) as [Expr, Expr];
  const tails = slow.let(seconds(a, b), "tails");
  slow.push(set(r, choose(isHard, firsts(a, b), r)), set(tail, choose(isHard, tails, tail)));
  slow.push(set(whole, choose(isHard, tails, whole)));
  scope.push(ifThen(op("v128.any_true", isHard), ...slow.statements));
  return { r, tail, quadrant: whole };
}

/** sin and cos of r + tail. */
function kernels(scope: Scope, l: Lanes, { r, tail }: Angle): { sine: Expr; cosine: Expr } {
  const { sine, cosine } = tables[l.shape];
  const z = scope.let(l.mul(r, r), "z");
  const cube = scope.let(l.mul(z, r), "cube");
  const half = scope.let(l.mul(l.constant(0.5), z), "half");
  const one = l.constant(1);
  const c = polynomial(scope, l, z, cosine);
  if (!tail) {
    const s = l.add(r, l.mul(cube, polynomial(scope, l, z, sine)));
    const rest = l.mul(l.mul(z, z), c);
    return {
      sine: scope.let(s, "sine"),
      cosine: scope.let(l.add(l.sub(one, half), rest), "cosine"),
    };
  }
  // sin(r + t) ≈ sin r + t (1 − r²/2),  cos(r + t) ≈ cos r − r t; 1 − r²/2 is summed with what its rounding took.
  const s = polynomial(scope, l, z, sine);
  const bent = l.add(l.mul(cube, s), l.sub(tail, l.mul(half, tail)));
  const top = scope.let(l.sub(one, half), "top");
  const rest = l.sub(l.mul(l.mul(z, z), c), l.mul(r, tail));
  const cos = l.add(top, l.add(l.sub(l.sub(one, top), half), rest));
  return { sine: scope.let(l.add(r, bent), "sine"), cosine: scope.let(cos, "cosine") };
}

/** All bits of a lane where bit 0 of the quadrant is set. */
const isOdd = (l: Lanes, quadrant: Expr): Expr => l.subBits(l.bits(0), l.and(quadrant, l.bits(1)));
/** The sign bit where bit 1 of the quadrant is set. */
const half = (l: Lanes, quadrant: Expr): Expr =>
  l.and(l.shiftLeft(quadrant, l.shape === "f32x4" ? 30 : 62), l.constant(-0));

const reduce = (scope: Scope, l: Lanes, x: Expr): Angle =>
  (l.shape === "f32x4" ? reduceF32 : reduceF64)(scope, l, x);

export function sin(scope: Scope, l: Lanes, x: Expr): Expr {
  const angle = reduce(scope, l, x);
  const { sine, cosine } = kernels(scope, l, angle);
  const value = choose(isOdd(l, angle.quadrant), cosine, sine);
  const isZero = l.eq(x, l.constant(0));
  return choose(isZero, x, op("v128.xor", value, half(l, angle.quadrant)));
}

export function cos(scope: Scope, l: Lanes, x: Expr): Expr {
  const angle = reduce(scope, l, x);
  const { sine, cosine } = kernels(scope, l, angle);
  const value = choose(isOdd(l, angle.quadrant), sine, cosine);
  const next = l.addBits(angle.quadrant, l.bits(1));
  return op("v128.xor", value, half(l, next));
}

/** sin/cos, or −cos/sin in the odd quadrants. */
export function tan(scope: Scope, l: Lanes, x: Expr): Expr {
  const angle = reduce(scope, l, x);
  const { sine, cosine } = kernels(scope, l, angle);
  const odd = scope.let(isOdd(l, angle.quadrant), "odd");
  const ratio = l.div(choose(odd, cosine, sine), choose(odd, sine, cosine));
  const turned = op("v128.xor", ratio, l.and(odd, l.constant(-0)));
  return choose(l.eq(x, l.constant(0)), x, turned);
}
