// Making concrete tensors: from JavaScript values, filled, counted or spaced.
import {
  allocate,
  checkDtype,
  checkShape,
  type DType,
  dtypeOf,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../array.ts";
import { fail } from "../errors.ts";
import { type NestedArray, Tensor } from "../tensor.ts";

export interface DTypeOption {
  /** f64 unless said otherwise. */
  readonly dtype?: DType;
}

/** The shape of nested arrays; throws where a row is longer or deeper than the first. */
function shapeOf(value: NestedArray): Shape {
  if (!Array.isArray(value)) return [];
  const shapes = value.map(shapeOf);
  const ragged = shapes.find((shape) => String(shape) !== String(shapes[0]));
  if (ragged)
    throw fail`tensor: a row has shape ${ragged}, expected ${shapes[0]} like the first; rows must be of one length`;
  return [value.length, ...(shapes[0] ?? [])];
}

function build(shape: Shape, dtype: DType, at: (i: number) => number): Tensor {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = dtype === "bool" ? Number(Boolean(at(i))) : at(i);
  return new Tensor([...shape], dtype, data);
}

/**
 * A tensor of the given JavaScript value: a number, nested arrays or a typed array, which it keeps: tensors are immutable,
 * so do not write to it afterwards (a pullback may still read it).
 *
 * Numbers become f64 and booleans bool unless `dtype` says otherwise; `shape` reshapes flat values.
 */
export function tensor(
  value: NestedArray | TypedArray,
  options: { readonly shape?: Shape; readonly dtype?: DType } = {},
): Tensor {
  const isView = ArrayBuffer.isView(value);
  const flat = isView ? value : ([value as unknown].flat(99) as (number | boolean)[]);
  const shape = checkShape("tensor", options.shape ?? (isView ? [flat.length] : shapeOf(value)));
  const isElement = (x: unknown) => ["number", "boolean"].includes(typeof x);
  const wrong = isView ? -1 : (flat as unknown[]).findIndex((x) => !isElement(x));
  if (wrong >= 0)
    throw fail`tensor: got ${flat[wrong]} as an element, expected numbers or booleans`;
  if (sizeOf(shape) !== flat.length)
    throw fail`tensor: got ${flat.length} elements, expected the ${sizeOf(shape)} of shape ${shape}`;
  const isBool = flat.length > 0 && (flat as unknown[]).every((x) => typeof x === "boolean");
  const own = isView ? dtypeOf(value) : isBool ? "bool" : "f64";
  const dtype = checkDtype("tensor", options.dtype ?? own);
  if (isView && dtype === own && !(own === "bool" && value.some((x) => x > 1)))
    return new Tensor([...shape], own, value);
  return build(shape, dtype, (i) => Number(flat[i]));
}

const filled =
  (operation: string, value: number) =>
  (shape: Shape, { dtype = "f64" }: DTypeOption = {}): Tensor =>
    build(checkShape(operation, shape), dtype, () => value);

/** A tensor full of one value. */
export const full = (shape: Shape, value: number, options?: DTypeOption): Tensor =>
  filled("full", value)(shape, options);
export const zeros: (shape: Shape, options?: DTypeOption) => Tensor = filled("zeros", 0);
export const ones: (shape: Shape, options?: DTypeOption) => Tensor = filled("ones", 1);

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
    throw fail`arange: from ${from} to ${to} in steps of ${step}, expected a finite list`;
  return build([count], dtype, (i) => from + i * step);
}

/** `count` evenly spaced values from `start` to `stop`, both included. */
export function linspace(
  start: number,
  stop: number,
  count: number,
  { dtype = "f64" }: DTypeOption = {},
): Tensor {
  const at = (i: number) =>
    i > 0 && i === count - 1 ? stop : start + ((stop - start) * i) / Math.max(1, count - 1);
  if (Number.isInteger(count) && count >= 0) return build([count], dtype, at);
  throw fail`linspace: expected a whole number ≥ 0 of values, got ${count}`;
}

/** The identity matrix of `size` rows. */
export const eye = (size: number, { dtype = "f64" }: DTypeOption = {}): Tensor =>
  build(checkShape("eye", [size, size]), dtype, (i) => Number(i % (size + 1) === 0));
