// Making concrete tensors: from JavaScript values, filled, counted or spaced.
import {
  allocate,
  checkShape,
  type DType,
  dtypeOf,
  formatShape,
  type Shape,
  sizeOf,
  type TypedArray,
} from "./array.ts";
import { type NestedArray, Tensor } from "./tensor.ts";

export interface DTypeOption {
  /** f64 unless said otherwise. */
  readonly dtype?: DType;
}

/** The shape of nested arrays; throws where a row is longer or deeper than the first. */
function shapeOf(value: unknown): Shape {
  if (!Array.isArray(value)) return [];
  const shapes = value.map(shapeOf);
  const ragged = shapes.findIndex((shape) => shape.join() !== shapes[0]?.join());
  if (ragged > 0)
    throw new RangeError(
      `tensor: element ${ragged} has shape ${formatShape(shapes[ragged] as Shape)}, element 0 has ${formatShape(shapes[0] as Shape)}; rows must be of one length`,
    );
  return [value.length, ...(shapes[0] ?? [])];
}

/**
 * A tensor of the given JavaScript value: a number, nested arrays or a typed array (which it keeps).
 *
 * Numbers become f64 and booleans bool unless `dtype` says otherwise; `shape` reshapes flat values.
 */
export function tensor(
  value: NestedArray | TypedArray,
  { shape, dtype }: { readonly shape?: Shape; readonly dtype?: DType } = {},
): Tensor {
  if (ArrayBuffer.isView(value)) {
    const own = dtypeOf(value);
    if (own === undefined)
      throw new TypeError(
        `tensor: ${value.constructor.name} has no dtype; use Float64Array, Float32Array, Int32Array, Uint32Array or Uint8Array`,
      );
    const data = dtype === undefined || dtype === own ? value : fill(dtype, value);
    return new Tensor(fit(value.length, shape ?? [value.length]), dtype ?? own, data);
  }
  const natural = shapeOf(value);
  const flat = (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]) as (
    | number
    | boolean
  )[];
  const wrong = flat.findIndex((x) => typeof x !== "number" && typeof x !== "boolean");
  if (wrong >= 0)
    throw new TypeError(
      `tensor: element ${wrong} is ${typeof flat[wrong]}; expected numbers or booleans`,
    );
  const type =
    dtype ?? (flat.length > 0 && flat.every((x) => typeof x === "boolean") ? "bool" : "f64");
  return new Tensor(fit(flat.length, shape ?? natural), type, fill(type, flat));
}

function fit(size: number, shape: Shape): Shape {
  if (sizeOf(checkShape("tensor", shape)) !== size)
    throw new RangeError(
      `tensor: ${size} elements do not fill shape ${formatShape(shape)}, which has ${sizeOf(shape)}`,
    );
  return [...shape];
}

function fill(dtype: DType, values: ArrayLike<number | boolean>): TypedArray {
  const data = allocate(dtype, values.length);
  for (let i = 0; i < data.length; i++)
    data[i] = dtype === "bool" ? Number(Boolean(values[i])) : Number(values[i]);
  return data;
}

/** A tensor full of one value. */
export function full(shape: Shape, value: number, { dtype = "f64" }: DTypeOption = {}): Tensor {
  checkShape("full", shape);
  return new Tensor([...shape], dtype, allocate(dtype, sizeOf(shape)).fill(value));
}
export const zeros = (shape: Shape, options?: DTypeOption): Tensor => full(shape, 0, options);
export const ones = (shape: Shape, options?: DTypeOption): Tensor => full(shape, 1, options);

/** start, start + step, … up to but without `stop`; `arange(n)` counts from 0. */
export function arange(
  start: number,
  stop?: number,
  step = 1,
  { dtype = "f64" }: DTypeOption = {},
): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!Number.isFinite(count))
    throw new RangeError(`arange: from ${from} to ${to} in steps of ${step} is not a finite list`);
  return new Tensor(
    [count],
    dtype,
    fill(
      dtype,
      Array.from({ length: count }, (_, i) => from + i * step),
    ),
  );
}

/** `count` evenly spaced values from `start` to `stop`, both included. */
export function linspace(
  start: number,
  stop: number,
  count: number,
  { dtype = "f64" }: DTypeOption = {},
): Tensor {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`linspace: count must be a whole number ≥ 0, got ${count}`);
  const at = (i: number) =>
    i === count - 1 && count > 1 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1);
  return new Tensor(
    [count],
    dtype,
    fill(
      dtype,
      Array.from({ length: count }, (_, i) => at(i)),
    ),
  );
}

/** The identity matrix of `size` rows. */
export function eye(size: number, { dtype = "f64" }: DTypeOption = {}): Tensor {
  const data = allocate(dtype, sizeOf(checkShape("eye", [size, size])));
  for (let i = 0; i < size; i++) data[i * (size + 1)] = 1;
  return new Tensor([size, size], dtype, data);
}
