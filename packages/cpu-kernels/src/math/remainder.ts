// mod(x, y) = x − y⌊x/y⌋, as the interpreter computes it: the exact remainder of truncated division, plus y if their
// signs differ.
//
//   near:  q = trunc(x/y), r = x − q y exactly; q may be one too large, which the sign of r shows
//   far:   |q| too large for that, or a zero, infinity or NaN: by integers, 11 bits of the quotient at a time
//
// In f32 the near path runs in doubles, where q y is exact. In f64 it is a sum of two (Dekker 1971).
import {
  block,
  br,
  brIf,
  call,
  type Expr,
  type FunctionRef,
  f64,
  i64,
  ifThen,
  lane,
  loop,
  type ModuleBuilder,
  op,
  ret,
  select,
  set,
  splat,
} from "../wasm/index.ts";
import { halves, joinHalves } from "./halves.ts";
import { choose, type Lanes } from "./lanes.ts";
import { Scope } from "./scope.ts";

/** The biased exponent of a positive double and its significand as an integer: x = m·2^(e − 1075). */
function dissect(scope: Scope, x: Expr): { m: Expr; e: Expr } {
  const bits = scope.let(op("i64.reinterpret_f64", x), "bits");
  const exponent = scope.let(op("i64.shr_u", bits, i64(52)), "exponent");
  const fraction = op("i64.and", bits, i64(2n ** 52n - 1n));
  const isDenormal = scope.let(op("i64.extend_i32_u", op("i64.eqz", exponent)), "isDenormal");
  const unit = op("i64.shl", op("i64.sub", i64(1), isDenormal), i64(52));
  return {
    m: scope.let(op("i64.or", fraction, unit), "m"),
    e: scope.let(op("i64.add", exponent, isDenormal), "e"),
  };
}

/** The remainder of x ≥ 0 by y ≥ 0, exactly: long division in base 2¹¹. */
function longDivision(module: ModuleBuilder): FunctionRef {
  const params = { x: "f64", y: "f64" } as const;
  return module.once("math.longDivision", () =>
    module.function("longDivision", { params, results: ["f64"] }, (fb, { x, y }) => {
      const scope = new Scope(module, fb);
      const isPossible = op("i32.and", op("f64.lt", x, f64(Infinity)), op("f64.gt", y, f64(0)));
      scope.push(ifThen(op("i32.eqz", isPossible), ret(f64(NaN))));
      scope.push(ifThen(op("f64.lt", x, y), ret(x)));
      const [a, b] = [dissect(scope, x), dissect(scope, y)];
      const m = scope.variable(op("i64.rem_u", a.m, b.m), "rest");
      const n = scope.variable(op("i64.sub", a.e, b.e), "n");
      const eleven = i64(11);
      const step = scope.variable(eleven, "step");
      const body = loop(
        "digits",
        brIf("done", op("i64.le_s", n, i64(0))),
        set(step, select(n, eleven, op("i64.lt_s", n, eleven))),
        set(m, op("i64.rem_u", op("i64.shl", m, step), b.m)),
        set(n, op("i64.sub", n, step)),
        br("digits"),
      );
      scope.push(block("done", body));
      // m·2⁻⁵² is a normal number or 0, and the product with 2^(e − 1023) is exact.
      const unit = op("f64.mul", op("f64.convert_i64_u", m), f64(2 ** -52));
      fb.push(op("f64.mul", unit, op("f64.reinterpret_i64", op("i64.shl", b.e, i64(52)))));
    }),
  );
}

/** The remainders of non-negative doubles, and the quotient; q·y is exact where isExact says so. */
function near(scope: Scope, l: Lanes, x: Expr, y: Expr, isExact: boolean): { r: Expr; q: Expr } {
  const { add, sub, mul, constant } = l;
  const q = scope.let(op("f64x2.trunc", l.div(x, y)), "q");
  const product = scope.let(mul(q, y), "product");
  let r = sub(x, product);
  if (!isExact) {
    const head = l.bits(-(2n ** 27n));
    const [qHigh, yHigh] = [q, y].map((v) => scope.let(l.and(v, head), "high")) as [Expr, Expr];
    const [qLow, yLow] = [scope.let(sub(q, qHigh), "low"), scope.let(sub(y, yHigh), "low")];
    const partial = add(add(sub(mul(qHigh, yHigh), product), mul(qHigh, yLow)), mul(qLow, yHigh));
    r = sub(r, add(partial, mul(qLow, yLow)));
  }
  const first = scope.let(r, "r");
  return { r: add(first, l.and(l.lt(first, constant(0)), y)), q };
}

/** Replaces the lanes of `r` that the near path cannot do. */
function mend(scope: Scope, r: Expr, isFar: Expr, x: Expr, y: Expr): Expr {
  const mended = scope.variable(r, "mended");
  const divide = longDivision(scope.module);
  const slow = [0, 1].map((k) => {
    const [a, b] = [x, y].map((v) => lane("f64x2.extract_lane", k, v)) as [Expr, Expr];
    return call(divide, a, b);
  }) as [Expr, Expr];
  const pair = lane("f64x2.replace_lane", 1, splat("f64x2", slow[0]), slow[1]);
  const far = scope.let(isFar, "isFar");
  scope.push(ifThen(op("v128.any_true", far), set(mended, choose(far, pair, mended))));
  return mended;
}

function remainderOfDoubles(scope: Scope, l: Lanes, x: Expr, y: Expr): Expr {
  const { constant } = l;
  const { r, q } = near(scope, l, x, y, false);
  const isNear = l.and(
    l.and(l.lt(q, constant(2 ** 51)), l.lt(x, constant(2 ** 990))),
    l.and(l.gt(y, constant(2 ** -900)), l.lt(y, constant(2 ** 990))),
  );
  return mend(scope, r, op("v128.not", isNear), x, y);
}

function remainderOfSingles(scope: Scope, l: Lanes, x: Expr, y: Expr): Expr {
  const { constant } = l;
  const [xs, ys] = [halves(x), halves(y)];
  const parts = [0, 1].map((k) => {
    const [a, b] = [scope.let(xs[k]!, "x2"), scope.let(ys[k]!, "y2")];
    const { r, q } = near(scope, l, a, b, true);
    const isNear = l.and(l.lt(q, constant(2 ** 29)), l.lt(b, constant(Infinity)));
    return mend(scope, r, op("v128.not", isNear), a, b);
  }) as [Expr, Expr];
  return joinHalves(...parts);
}

export function mod(scope: Scope, own: Lanes, x: Expr, y: Expr): Expr {
  const [a, b] = [scope.let(own.abs(x), "a"), scope.let(own.abs(y), "b")];
  const size = (own.shape === "f32x4" ? remainderOfSingles : remainderOfDoubles)(
    scope,
    own.doubles,
    a,
    b,
  );
  const zero = own.constant(0);
  const r = scope.let(own.or(size, own.and(x, own.constant(-0))), "r");
  const differs = op("v128.xor", own.lt(r, zero), own.lt(y, zero));
  const turns = own.and(differs, own.ne(r, zero));
  return choose(turns, own.add(r, y), r);
}
