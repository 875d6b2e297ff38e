// Batches as the engine has them, checked and flat.
import { Tensor, tensor } from "@cotangent/autodiff";
import { formatShape } from "../errors.ts";
import { arrayOf } from "./params.ts";
import type { RowInput } from "./tiles.ts";

/** x: [rows, width]; throws unless it is, with at least one row. */
export function rowInput(operation: string, name: string, x: Tensor, width: number): RowInput {
  const rows = x instanceof Tensor && x.shape.length === 2 ? (x.shape[0] ?? 0) : 0;
  if (rows === 0 || x.shape[1] !== width)
    throw new TypeError(
      `${operation}: expected ${name} [rows, ${width}] with at least one row, got ${x instanceof Tensor ? formatShape(x.shape) : typeof x}`,
    );
  return { values: Float32Array.from(x.data), width };
}

/** Another input with as many rows as x. */
export function besideInput(
  operation: string,
  name: string,
  value: Tensor,
  x: RowInput,
  width: number,
): RowInput {
  const shape = [x.values.length / x.width, width];
  return { values: arrayOf(operation, name, value, shape), width };
}

/** x repeated for each of M slices of v: [M, rows, d]; one slice may be given as [rows, d]. */
export function sliceInputs(
  operation: string,
  x: RowInput,
  v: Tensor,
): { readonly x: RowInput; readonly v: RowInput } {
  const slices = v instanceof Tensor && v.shape.length === 3 ? (v.shape[0] ?? 0) : 1;
  const own = [x.values.length / x.width, x.width];
  const shape = v instanceof Tensor && v.shape.length === 3 ? [slices, ...own] : own;
  const values = arrayOf(operation, "v", v, shape);
  const repeated = new Float32Array(values.length);
  for (let m = 0; m < slices; m++) repeated.set(x.values, m * x.values.length);
  return { x: { values: repeated, width: x.width }, v: { values, width: x.width } };
}

/** Flat rows as a tensor: [rows, width]. */
export function rowsTensor(values: ArrayLike<number> | undefined, width: number): Tensor {
  const flat = Float32Array.from(values ?? []);
  return tensor(flat, { shape: [flat.length / width, width] });
}
