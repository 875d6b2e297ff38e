// One element at a time: loads, stores and orders of scalars, for kernels whose work is not elementwise.
import type { DType, Shape } from "@cotangent/autodiff";
import { type Expr, f32, f64, i32, load, op, store } from "../../wasm/index.ts";

/** The WebAssembly type of an element. */
export const scalarType = (dtype: DType): "f64" | "f32" | "i32" =>
  dtype === "f64" || dtype === "f32" ? dtype : "i32";

export const loadScalar = (dtype: DType, address: Expr, offset: number): Expr =>
  load(dtype === "bool" ? "i32.load8_u" : `${scalarType(dtype)}.load`, address, { offset });

export const storeScalar = (dtype: DType, address: Expr, value: Expr, offset: number): Expr =>
  store(dtype === "bool" ? "i32.store8" : `${scalarType(dtype)}.store`, address, value, { offset });

export const addScalars = (dtype: DType, x: Expr, y: Expr): Expr =>
  op(`${scalarType(dtype)}.add`, x, y);

/** A scalar that no element is below. */
export function lowest(dtype: DType): Expr {
  if (dtype === "f64") return f64(Number.NEGATIVE_INFINITY);
  if (dtype === "f32") return f32(Number.NEGATIVE_INFINITY);
  return i32(dtype === "i32" ? -(2 ** 31) : 0);
}

/** x < y, with a NaN above everything and equal to itself. */
export function isBelow(dtype: DType, x: Expr, y: Expr): Expr {
  if (dtype === "i32") return op("i32.lt_s", x, y);
  if (dtype !== "f64" && dtype !== "f32") return op("i32.lt_u", x, y);
  const onlyYIsNaN = op("i32.and", op(`${dtype}.ne`, y, y), op(`${dtype}.eq`, x, x));
  return op("i32.or", op(`${dtype}.lt`, x, y), onlyYIsNaN);
}

/** Row-major strides, in elements. */
export function rowMajor(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

export const product = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);
