// Conversion between dtypes, and the rules by which mixed inputs meet.
//
//   bool < i32, u32 < f32 < f64; JavaScript numbers are weak: they take the dtype of their company
//
// Between floats `astype` is linear, and its transpose casts back.
import {
  allocate,
  type DType,
  dtypes,
  formatSpec,
  isFloat,
  type NDArray,
  type Spec,
} from "../array.ts";
import { primitive } from "../interpreter.ts";
import type { Primitive, PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";

const castTo: PrimitiveFunction<{ dtype: DType }> = primitive({
  name: "astype",
  shape: ([x], { dtype }) => ({ dtype, shape: (x as Spec).shape }),
  evaluate([x], out) {
    const from = (x as NDArray).data;
    const data = allocate(out.dtype, from.length);
    if (out.dtype === "bool") for (let i = 0; i < data.length; i++) data[i] = from[i] === 0 ? 0 : 1;
    else data.set(from);
    return { ...out, data };
  },
  jvp: ([xDot], [x], _y, params) =>
    isFloat((x as Tensor).dtype) && isFloat(params.dtype) ? castTo([xDot as Tensor], params) : null,
  transpose: (yBar, [x]) => [castTo([yBar], { dtype: (x as Spec).dtype })],
  batch: (inputs, _mapped, _size, params) => castTo(inputs, params),
});
export const castPrimitive: Primitive = castTo.primitive;

/** `x` with elements of another dtype; rounds to nearest for f32, truncates for integers, x ≠ 0 for bool. */
export function astype(x: TensorLike, dtype: DType): Tensor {
  if (!dtypes.includes(dtype))
    throw new TypeError(
      `astype: unknown dtype ${JSON.stringify(dtype)}; expected one of ${dtypes.join(", ")}`,
    );
  const from = toTensor("astype", x);
  return from.dtype === dtype ? from : castTo([from], { dtype });
}

/** A scalar of the given dtype. */
export function scalar(value: number | boolean, dtype: DType): Tensor {
  const data = allocate(dtype, 1);
  data[0] = Number(value);
  return new Tensor([], dtype, data);
}

/** A tensor for what an operation was given; a JavaScript number becomes a scalar, f64 by default. */
export function toTensor(operation: string, x: TensorLike, dtype?: DType): Tensor {
  if (x instanceof Tensor) return x;
  if (typeof x === "number") return scalar(x, dtype ?? "f64");
  if (typeof x === "boolean") return scalar(x, dtype ?? "bool");
  const got =
    Array.isArray(x) || ArrayBuffer.isView(x)
      ? "an array; wrap it: tensor([…])"
      : `${x === null ? "null" : typeof x}`;
  throw new TypeError(`${operation}: expected a Tensor, number or boolean, got ${got}`);
}

/** The dtype in which two dtypes meet. */
function join(operation: string, a: DType, b: DType): DType {
  if (a === b) return a;
  if (a === "f64" || b === "f64") return "f64";
  if (a === "f32" || b === "f32") return "f32";
  if (a !== "bool" && b !== "bool")
    throw new TypeError(
      `${operation}: ${a} and ${b} have no common dtype; convert one with astype`,
    );
  return a === "bool" ? b : a;
}

/** Brings all inputs to one dtype; with `float`, to a floating one (integers become f64). */
export function promote(
  operation: string,
  values: readonly TensorLike[],
  float: boolean,
): Tensor[] {
  let dtype: DType | undefined;
  for (const x of values)
    if (x instanceof Tensor)
      dtype = dtype === undefined ? x.dtype : join(operation, dtype, x.dtype);
  for (const x of values) {
    if (x instanceof Tensor || typeof x === "boolean") continue;
    if (dtype === undefined || dtype === "bool" || (!isFloat(dtype) && !Number.isInteger(x)))
      dtype = "f64";
  }
  dtype ??= "bool";
  const common = float && !isFloat(dtype) ? "f64" : dtype;
  return values.map((x) =>
    x instanceof Tensor ? astype(x, common) : toTensor(operation, x, common),
  );
}

/** Throws unless `x` has whole-number elements. */
export function checkInteger(operation: string, role: string, x: Tensor): Tensor {
  if (x.dtype !== "i32" && x.dtype !== "u32")
    throw new TypeError(
      `${operation}: ${role} must be i32 or u32, got ${formatSpec(x)}; use astype(x, "i32")`,
    );
  return x;
}
