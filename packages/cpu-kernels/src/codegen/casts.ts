// astype on vectors.
//
//   floats to integers as JavaScript's typed arrays do it: truncated, modulo 2³², NaN and ±∞ to 0
//
// That conversion has no vector instruction, so it runs lane by lane in one shared function.
import type { DType } from "@cotangent/autodiff";
import type { Expr } from "../wasm/index.ts";
import {
  call,
  type FunctionRef,
  f64,
  i32,
  i64,
  ifThen,
  type ModuleBuilder,
  op,
  ret,
} from "../wasm/index.ts";
import type { KernelContext } from "./context.ts";
import { extract, insert, narrowMask, splatOf, type Value, wideMask, zero } from "./vectors.ts";

/** f64 → i32, modulo 2³² (ECMAScript's ToInt32). */
export function toInt32(m: ModuleBuilder): FunctionRef {
  return m.once("toInt32", () =>
    m.function("toInt32", { params: { x: "f64" }, results: ["i32"] }, (fb, { x }) => {
      const bits = fb.local("bits", "i64");
      const shift = fb.local("shift", "i64");
      const set = (local: typeof bits, value: Expr): Expr => ({
        kind: "assignment",
        type: "none",
        local,
        value,
      });
      fb.push(
        ifThen(
          op("f64.lt", op("f64.abs", x), f64(2 ** 63)),
          ret(op("i32.wrap_i64", op("i64.trunc_sat_f64_s", x))),
        ),
        // |x| ≥ 2⁶³: the fraction's 53 bits, shifted left by at least 11.
        set(bits, op("i64.reinterpret_f64", x)),
        set(
          shift,
          op("i64.sub", op("i64.and", op("i64.shr_u", bits, i64(52)), i64(0x7ff)), i64(1023 + 52)),
        ),
        ifThen(op("i64.ge_s", shift, i64(32)), ret(i32(0))),
        set(
          shift,
          op(
            "i64.shl",
            op("i64.or", op("i64.and", bits, i64(2n ** 52n - 1n)), i64(2n ** 52n)),
            shift,
          ),
        ),
        ifThen(op("i64.lt_s", bits, i64(0)), ret(op("i32.wrap_i64", op("i64.sub", i64(0), shift)))),
        op("i32.wrap_i64", shift),
      );
    }),
  );
}

function floatToWhole(context: KernelContext, { dtype, expr }: Value): Expr {
  const convert = toInt32(context.module);
  let result: Expr = zero;
  for (let k = 0; k < context.lanes; k++) {
    const x = extract(dtype, expr, k);
    const wide = dtype === "f64" ? x : op("f64.promote_f32", x);
    result = insert("i32", result, k, call(convert, wide));
  }
  return result;
}

function toBool({ dtype, expr }: Value): Value {
  if (dtype === "f64")
    return { dtype: "bool", expr: op("f64x2.ne", expr, splatOf("f64", 0)), isWide: true };
  if (dtype === "f32") return { dtype: "bool", expr: op("f32x4.ne", expr, splatOf("f32", 0)) };
  return { dtype: "bool", expr: op("i32x4.ne", expr, zero) };
}

function toFloat(x: Value, dtype: "f64" | "f32"): Expr {
  const { expr } = x;
  if (x.dtype === "bool")
    return op("v128.and", dtype === "f64" ? wideMask(x) : narrowMask(x), splatOf(dtype, 1));
  if (x.dtype === "f32") return op("f64x2.promote_low_f32x4", expr);
  if (x.dtype === "f64") return op("f32x4.demote_f64x2_zero", expr);
  const sign = x.dtype === "u32" ? "u" : "s";
  return dtype === "f64"
    ? op(`f64x2.convert_low_i32x4_${sign}`, expr)
    : op(`f32x4.convert_i32x4_${sign}`, expr);
}

/** `x` in another dtype. */
export function castValue(context: KernelContext, x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x;
  if (dtype === "bool") return toBool(x);
  if (dtype === "f64" || dtype === "f32") return { dtype, expr: toFloat(x, dtype) };
  if (x.dtype === "bool") return { dtype, expr: op("v128.and", narrowMask(x), splatOf("i32", 1)) };
  if (x.dtype === "i32" || x.dtype === "u32") return { dtype, expr: x.expr };
  return { dtype, expr: floatToWhole(context, x) };
}
