// Conversion between dtypes, and the rules by which mixed inputs meet.
//
//   bool < i32, u32 < f32 < f64; JavaScript numbers are weak: they take the dtype of their company
//
// Between floats `astype` is linear, and its transpose casts back.
import { allocate, checkDtype, type DType, isFloat, type NDArray } from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, type PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";

export const castTo: PrimitiveFunction<{ dtype: DType }> = primitive({
  name: "astype",
  shape: ([x], { dtype }) => ({ dtype, shape: x!.shape }),
  evaluate([x], { dtype, shape }) {
    const data = allocate(dtype, x!.data.length);
    data.set(dtype === "bool" ? x!.data.map((value) => Number(value !== 0)) : (x as NDArray).data);
    return { dtype, shape, data };
  },
  jvp: ([xDot], [x], _y, params) =>
    isFloat(x!.dtype) && isFloat(params.dtype) ? castTo([xDot!], params) : null,
  transpose: (yBar, [x]) =>
    isFloat(x!.dtype) && isFloat(yBar.dtype)
      ? [castTo([yBar], { dtype: x!.dtype })]
      : notLinear("astype")(yBar),
  batch: (inputs, _mapped, _size, params) => castTo(inputs, params),
});

/** `x` with elements of another dtype; rounds to nearest for f32, truncates for integers, x ≠ 0 for bool. */
export function astype(x: TensorLike, dtype: DType): Tensor {
  const from = toTensor("astype", x);
  return from.dtype === checkDtype("astype", dtype) ? from : castTo([from], { dtype });
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
  throw fail`${operation}: expected a Tensor, number or boolean, got ${x}; wrap arrays with tensor([…])`;
}

/** The dtype in which two dtypes meet. */
function join(operation: string, a: DType, b: DType): DType {
  const float = (["f64", "f32"] as const).find((dtype) => dtype === a || dtype === b);
  if (float) return float;
  if (a === b || b === "bool") return a;
  if (a === "bool") return b;
  throw fail`${operation}: ${a} and ${b} have no common dtype; expected one dtype: convert with astype`;
}

/** What an operation computes with: any dtype, numbers (bool becomes i32), or floats (integers become f64). */
export type Kind = "any" | "number" | "float";

/** Brings all inputs to one dtype of the given kind. */
export function promote(
  operation: string,
  values: readonly TensorLike[],
  kind: Kind = "any",
): Tensor[] {
  const given = values.flatMap((x) => (x instanceof Tensor ? [x.dtype] : []));
  let dtype = given.length ? given.reduce((a, b) => join(operation, a, b)) : "bool";
  const fits = (x: number) =>
    given.length > 0 && dtype !== "bool" && (isFloat(dtype) || Number.isInteger(x));
  for (const x of values) if (typeof x === "number" && !fits(x)) dtype = "f64";
  if (kind === "float" && !isFloat(dtype)) dtype = "f64";
  if (kind === "number" && dtype === "bool") dtype = "i32";
  return values.map((x) =>
    x instanceof Tensor ? astype(x, dtype) : toTensor(operation, x, dtype),
  );
}

/** One input of a floating dtype. */
export const floating = (operation: string, x: TensorLike): Tensor =>
  promote(operation, [x], "float")[0]!;
