// sin, cos and tan.
//
//   x = k ½π + r        sin x is ± sin r or ± cos r, by k mod 4;  cos x = sin(x + ½π);  tan = sin/cos
//   sin r = r + r³ S(r²),   cos r = 1 − r²/2 + r⁴ C(r²)
//
// The kernels are those of fdlibm (k_sin.c, k_cos.c), with minimax fits of our own; the angle comes from angle.ts.
import { type Expr, op } from "../wasm/index.ts";
import { type Angle, reduceDouble, reduceSingle } from "./angle.ts";
import { choose, type FloatShape, type Lanes } from "./lanes.ts";
import { polynomial } from "./polynomial.ts";
import type { Scope } from "./scope.ts";

interface Table {
  /** (sin r − r)/r³ and (cos r − 1 + r²/2)/r⁴ in powers of r², |r| ≤ ¼π. */
  readonly sine: readonly number[];
  readonly cosine: readonly number[];
}

const tables: Record<FloatShape, Table> = {
  f32x4: {
    sine: [-0.16666653752326965, 0.008332106284797192, -0.00019507887191139162],
    cosine: [0.04166664555668831, -0.0013887302484363317, 2.4430977646261454e-5],
  },
  f64x2: {
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

/** sin and cos of r + tail. */
function kernels(scope: Scope, l: Lanes, { r, tail }: Angle): { sine: Expr; cosine: Expr } {
  const { sine, cosine } = tables[l.shape];
  const z = scope.let(l.mul(r, r), "z");
  const cube = scope.let(l.mul(z, r), "cube");
  const half = scope.let(l.mul(l.constant(0.5), z), "half");
  const top = scope.let(l.sub(l.constant(1), half), "top");
  const s = polynomial(scope, l, z, sine);
  const c = polynomial(scope, l, z, cosine);
  const fourth = l.mul(z, z);
  const keep = (value: Expr, name: string) => scope.let(value, name);
  if (!tail)
    return {
      sine: keep(l.mulAdd(cube, s, r), "sine"),
      cosine: keep(l.mulAdd(fourth, c, top), "cosine"),
    };
  // sin(r + t) ≈ sin r + t (1 − r²/2),  cos(r + t) ≈ cos r − r t; `lost` is what the rounding of 1 − r²/2 took.
  const bent = l.mulAdd(cube, s, l.sub(tail, l.mul(half, tail)));
  const lost = l.sub(l.sub(l.constant(1), top), half);
  const rest = l.add(lost, l.sub(l.mul(fourth, c), l.mul(r, tail)));
  return { sine: keep(l.add(r, bent), "sine"), cosine: keep(l.add(top, rest), "cosine") };
}

/** All bits of a lane where bit 0 of the quadrant is set. */
const isOdd = (l: Lanes, quadrant: Expr): Expr => l.subBits(l.bits(0), l.and(quadrant, l.bits(1)));

/** The sign bit where bit 1 of the quadrant is set. */
const lowerHalf = (l: Lanes, quadrant: Expr): Expr =>
  l.and(l.shiftLeft(quadrant, l.shape === "f32x4" ? 30 : 62), l.constant(-0));

const reduce = (scope: Scope, l: Lanes, x: Expr, isExact = false): Angle =>
  l.shape === "f32x4" ? reduceSingle(scope, l, x, isExact) : reduceDouble(scope, l, x);

export function sin(scope: Scope, l: Lanes, x: Expr): Expr {
  const angle = reduce(scope, l, x);
  const { sine, cosine } = kernels(scope, l, angle);
  const value = choose(isOdd(l, angle.quadrant), cosine, sine);
  // The reduction loses the sign of −0.
  const isZero = l.eq(x, l.constant(0));
  return choose(isZero, x, op("v128.xor", value, lowerHalf(l, angle.quadrant)));
}

export function cos(scope: Scope, l: Lanes, x: Expr): Expr {
  const angle = reduce(scope, l, x);
  const { sine, cosine } = kernels(scope, l, angle);
  const value = choose(isOdd(l, angle.quadrant), sine, cosine);
  const next = l.addBits(angle.quadrant, l.bits(1));
  return op("v128.xor", value, lowerHalf(l, next));
}

/** sin/cos, or −cos/sin in the odd quadrants. */
export function tan(scope: Scope, l: Lanes, x: Expr): Expr {
  const angle = reduce(scope, l, x, true);
  const { sine, cosine } = kernels(scope, l, angle);
  const odd = scope.let(isOdd(l, angle.quadrant), "odd");
  const ratio = l.div(choose(odd, cosine, sine), choose(odd, sine, cosine));
  const turned = op("v128.xor", ratio, l.and(odd, l.constant(-0)));
  return choose(l.eq(x, l.constant(0)), x, turned);
}
