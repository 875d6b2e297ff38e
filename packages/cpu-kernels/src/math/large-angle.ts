// The remainder of any double by ½π, exactly: the slow path of sin, cos and tan.
//
//   x = m·2ᵉ,   x·2/π mod 4 = m·W·2⁻¹⁹⁰ mod 4,   W the 192 bits of 2/π from weight 2^(1−e) on
//
// Bits of higher weight make multiples of 4, that is whole turns; those behind are below what can matter, since no double
// comes closer to a multiple of ½π than 2⁻⁶¹ of it. Integer arithmetic, one number at a time.
// Source: M. Payne and R. Hanek, Radian reduction for trigonometric functions, SIGNUM 18 (1983).
import {
  block,
  brTable,
  call,
  type Expr,
  type FunctionRef,
  f64,
  i32,
  i64,
  ifThen,
  type Local,
  lane,
  type ModuleBuilder,
  op,
  ret,
  select,
  set,
  splat,
} from "../wasm/index.ts";
import { Scope } from "./scope.ts";

/** 128 zeros, then 1,216 bits of 2/π behind the point. */
export const twoOverPi: readonly bigint[] = [
  0n,
  0n,
  0xa2f9836e4e441529n,
  0xfc2757d1f534ddc0n,
  0xdb6295993c439041n,
  0xfe5163abdebbc561n,
  0xb7246e3a424dd2e0n,
  0x06492eea09d1921cn,
  0xfe1deb1cb129a73en,
  0xe88235f52ebb4484n,
  0xe99c7026b45f7e41n,
  0x3991d639835339f4n,
  0x9c845f8bbdf9283bn,
  0x1ff897ffde05980fn,
  0xef2f118b5a0a6d1fn,
  0x6d367ecf27cb09b7n,
  0x4f463f669e5fea2dn,
  0x7527bac7ebe5f17bn,
  0x3d0739f78a5292ean,
  0x6bfb5fb11f8d5d08n,
  0x56033046fc7b6babn,
];

const add = (x: Expr, y: Expr) => op("i64.add", x, y);
const mul = (x: Expr, y: Expr) => op("i64.mul", x, y);
const and = (x: Expr, y: Expr) => op("i64.and", x, y);
const or = (x: Expr, y: Expr) => op("i64.or", x, y);
const shl = (x: Expr, y: Expr) => op("i64.shl", x, y);
const shr = (x: Expr, y: Expr) => op("i64.shr_u", x, y);
const below = (x: Expr, y: Expr) => op("i64.extend_i32_u", op("i64.lt_u", x, y));

/** Word `index` of the table; code rather than memory, which the module may have none of. */
function tableWord(module: ModuleBuilder): FunctionRef {
  return module.function(
    "twoOverPi",
    { params: { index: "i32" }, results: ["i64"] },
    (fb, { index }) => {
      const label = (k: number) => `word${k}`;
      const labels = twoOverPi.map((_, k) => label(k));
      let body: Expr[] = [brTable(labels, index)];
      for (const [k, word] of twoOverPi.entries())
        body = [block(label(k), ...body), ret(i64(word))];
      fb.push(...body);
    },
  );
}

/** The upper half of a product of two 64-bit numbers. */
function highProduct(module: ModuleBuilder): FunctionRef {
  const params = { x: "i64", y: "i64" } as const;
  return module.function("highProduct", { params, results: ["i64"] }, (fb, { x, y }) => {
    const scope = new Scope(module, fb);
    const mask = i64(0xffffffffn);
    const half = i64(32);
    const [x0, x1] = [scope.let(and(x, mask), "x0"), scope.let(shr(x, half), "x1")];
    const [y0, y1] = [scope.let(and(y, mask), "y0"), scope.let(shr(y, half), "y1")];
    const middle = scope.let(add(mul(x1, y0), shr(mul(x0, y0), half)), "middle");
    const other = add(mul(x0, y1), and(middle, mask));
    fb.push(add(add(mul(x1, y1), shr(middle, half)), shr(other, half)));
  });
}

/** m·W·2⁻¹⁹⁰ mod 4, as two words with the point behind the first two bits. */
function turns(scope: Scope, m: Expr, exponent: Expr): [Expr, Expr] {
  const word = scope.module.once("math.twoOverPi", () => tableWord(scope.module));
  const high = scope.module.once("math.highProduct", () => highProduct(scope.module));
  // The first bit kept, of weight 2^(1−e), is at place e − 2 behind the point and 128 zeros.
  const place = scope.let(op("i32.add", exponent, i32(126)), "place");
  const index = scope.let(op("i32.shr_u", place, i32(6)), "index");
  const shift = scope.let(op("i64.extend_i32_u", op("i32.and", place, i32(63))), "shift");
  const words = [0, 1, 2, 3].map((k) =>
    scope.let(call(word, op("i32.add", index, i32(k))), "word"),
  );
  const rest = op("i64.sub", i64(63), shift);
  const [a, b, c] = [0, 1, 2].map((k) =>
    scope.let(or(shl(words[k]!, shift), shr(shr(words[k + 1]!, i64(1)), rest)), "w"),
  ) as [Expr, Expr, Expr];
  const low = scope.let(mul(m, b), "low");
  const upper = scope.let(add(low, call(high, m, c)), "upper");
  const top = add(add(mul(m, a), call(high, m, b)), below(upper, low));
  return [scope.let(top, "top"), upper];
}

/** (d + e)·½π·scale as an unevaluated sum of two doubles, for d of 53 bits and |e| < ulp(d). */
function timesHalfPi(scope: Scope, d: Expr, e: Expr): [Expr, Expr] {
  const times = (x: Expr, y: Expr) => op("f64.mul", x, y);
  const plus = (x: Expr, y: Expr) => op("f64.add", x, y);
  const minus = (x: Expr, y: Expr) => op("f64.sub", x, y);
  // ½π = high + low, and high = a + b with 26 bits each; Dekker's product of d and high.
  const [high, low] = [f64(1.5707963267948966), f64(6.123233995736766e-17)];
  const [a, b] = [f64(1.5707963407039642), f64(-1.3909067675399456e-8)];
  const spread = scope.let(times(d, f64(2 ** 27 + 1)), "spread");
  const dHigh = scope.let(minus(spread, minus(spread, d)), "dHigh");
  const dLow = scope.let(minus(d, dHigh), "dLow");
  const product = scope.let(times(d, high), "product");
  const error = plus(
    plus(plus(minus(times(dHigh, a), product), times(dHigh, b)), times(dLow, a)),
    times(dLow, b),
  );
  const tail = scope.let(plus(error, plus(times(e, high), times(d, low))), "tail");
  const sum = scope.let(plus(product, tail), "sum");
  return [sum, plus(minus(product, sum), tail)];
}

/**
 * `reduceLarge(x: f64) → v128` for |x| ≥ ½: lane 0 is the remainder of x by ½π, in [−¼π, ¼π]; lane 1 is what rounding took
 * from it, with the number of the quadrant in the two lowest bits. NaN where x is NaN or infinite.
 */
export function reduceLarge(module: ModuleBuilder): FunctionRef {
  return module.once("math.reduceLarge", () =>
    module.function("reduceLarge", { params: { x: "f64" }, results: ["v128"] }, (fb, { x }) => {
      const scope = new Scope(module, fb);
      const bits = scope.let(op("i64.reinterpret_f64", x), "bits");
      const biased = scope.let(and(shr(bits, i64(52)), i64(0x7ff)), "biased");
      const isSpecial = op("i64.eq", biased, i64(0x7ff));
      scope.push(ifThen(isSpecial, ret(splat("f64x2", NaN))));
      const m = scope.let(or(and(bits, i64(2n ** 52n - 1n)), i64(2n ** 52n)), "m");
      const exponent = op("i32.sub", op("i32.wrap_i64", biased), i32(1075));
      const [top, next] = turns(scope, m, scope.let(exponent, "exponent"));
      // The fraction of a quarter turn, as 128 bits; above ½ it is taken from the next quadrant, negated.
      const f1 = scope.variable(or(shl(top, i64(2)), shr(next, i64(62))), "f1");
      const f0 = scope.variable(shl(next, i64(2)), "f0");
      const isUpper = scope.let(shr(f1, i64(63)), "isUpper");
      const quadrant: Local = scope.variable(add(shr(top, i64(62)), isUpper), "quadrant");
      const flip = scope.let(op("i64.sub", i64(0), isUpper), "flip");
      scope.push(set(f0, op("i64.xor", f0, flip)), set(f1, op("i64.xor", f1, flip)));
      const zeros = scope.let(op("i64.clz", f1), "zeros");
      const h1 = or(shl(f1, zeros), shr(shr(f0, i64(1)), op("i64.sub", i64(63), zeros)));
      const h = scope.let(h1, "h");
      const d = op("f64.convert_i64_u", and(h, i64(-2048)));
      const lower = or(shl(and(h, i64(2047)), i64(42)), shr(shl(f0, zeros), i64(22)));
      const e = op("f64.mul", op("f64.convert_i64_u", lower), f64(2 ** -42));
      const [r, tail] = timesHalfPi(scope, scope.let(d, "d"), e);
      // d counts 2^−(64 + zeros) quarter turns; the sign is that of x, turned once more in the upper half.
      const power = shl(op("i64.sub", i64(1023 - 64), zeros), i64(52));
      const sign = and(op("i64.xor", bits, shl(isUpper, i64(63))), i64(-(2n ** 63n)));
      const scale = scope.let(op("f64.reinterpret_i64", or(power, sign)), "scale");
      const isNegative = op("i64.lt_s", bits, i64(0));
      const turned = select(op("i64.sub", i64(0), quadrant), quadrant, isNegative);
      const tailBits = op("i64.reinterpret_f64", op("f64.mul", tail, scale));
      const packed = or(and(tailBits, i64(-4)), and(turned, i64(3)));
      const first = splat("f64x2", op("f64.mul", r, scale));
      fb.push(lane("f64x2.replace_lane", 1, first, op("f64.reinterpret_i64", packed)));
    }),
  );
}
