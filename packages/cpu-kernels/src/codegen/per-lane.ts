// Operations without a vector instruction: each lane by a scalar expression.
import type { DType } from "@cotangent/autodiff";
import type { Expr } from "../wasm/index.ts";
import {
  call,
  type FunctionRef,
  i32,
  ifThen,
  type ModuleBuilder,
  op,
  ret,
  select,
} from "../wasm/index.ts";
import type { KernelContext } from "./context.ts";
import { extract, insert, zero } from "./vectors.ts";

/** x − y⌊x/y⌋ of integers; 0 where y is 0, which is what an integer array makes of NaN. */
function wholeRemainder(m: ModuleBuilder, dtype: "i32" | "u32"): FunctionRef {
  const name = `mod_${dtype}`;
  const params = { x: "i32", y: "i32" } as const;
  return m.once(name, () =>
    m.function(name, { params, results: ["i32"] }, (fb, { x, y }) => {
      fb.push(ifThen(op("i32.eqz", y), ret(i32(0))));
      if (dtype === "u32") {
        fb.push(op("i32.rem_u", x, y));
        return;
      }
      const r = fb.local("r", "i32");
      const signsDiffer = op("i32.lt_s", op("i32.xor", r, y), i32(0));
      const isFraction = op("i32.ne", r, i32(0));
      fb.push(
        { kind: "assignment", type: "none", local: r, value: op("i32.rem_s", x, y) },
        select(op("i32.add", r, y), r, op("i32.and", isFraction, signsDiffer)),
      );
    }),
  );
}

/** shiftRight and mod of integers. */
export function perLane(
  context: KernelContext,
  name: "shiftRight" | "mod",
  dtype: DType,
  x: Expr,
  y: Expr,
): Expr {
  const of = (a: Expr, b: Expr): Expr =>
    name === "shiftRight"
      ? op("i32.shr_u", a, b)
      : call(wholeRemainder(context.module, dtype as "i32" | "u32"), a, b);
  let result: Expr = zero;
  for (let k = 0; k < context.lanes; k++)
    result = insert("i32", result, k, of(extract("i32", x, k), extract("i32", y, k)));
  return result;
}
