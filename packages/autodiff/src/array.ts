// Arrays: a shape, a dtype and a typed array in row-major order.
//
//   NDArray = { shape: [d0, d1, …], dtype, data: TypedArray of length d0·d1·… }
//
// The ground floor: it knows no autodiff. Everything that computes on numbers stands on it.
import { fail } from "./errors.ts";

/** Element types. Derivatives exist for `f64` and `f32`; `i32`, `u32` and `bool` carry zero tangents. */
export type DType = "f64" | "f32" | "i32" | "u32" | "bool";
export type TypedArray = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;
export type Shape = readonly number[];

/** What is known of an array before its elements are: shape and dtype (JAX: ShapeDtypeStruct). */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A concrete array; `data` is row-major. */
export interface NDArray extends Spec {
  readonly data: TypedArray;
}

const floats = { f64: Float64Array, f32: Float32Array };
const constructors = { ...floats, i32: Int32Array, u32: Uint32Array, bool: Uint8Array };
export const dtypes = Object.keys(constructors) as readonly DType[];
export const isFloat = (dtype: DType): boolean => dtype in floats;

/** A typed array of `size` zeros. */
export const allocate = (dtype: DType, size: number): TypedArray => new constructors[dtype](size);

/** Throws unless there is such a dtype. */
export function checkDtype(operation: string, dtype: DType): DType {
  if (dtypes.includes(dtype)) return dtype;
  throw fail`${operation}: unknown dtype ${dtype}; expected one of ${dtypes}`;
}

/** The dtype that a typed array stands for. */
export function dtypeOf(data: object): DType {
  const dtype = dtypes.find((name) => data instanceof constructors[name]);
  if (dtype) return dtype;
  throw fail`tensor: no dtype for ${data}; use Float64Array, Float32Array, Int32Array, Uint32Array or Uint8Array`;
}

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);
export const sameSpec = (a: Spec, b: Spec): boolean =>
  a.dtype === b.dtype && sameShape(a.shape, b.shape);

/** How far apart neighbours along each axis lie in row-major data. */
export const strides = (shape: Shape): number[] =>
  shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Throws unless `shape` is a list of whole numbers ≥ 0. */
export function checkShape(operation: string, shape: Shape): Shape {
  if (Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && n >= 0)) return shape;
  throw fail`${operation}: expected a shape, an array of whole numbers ≥ 0, got ${shape}`;
}

/** The shape that arrays broadcast to, aligned at their last axes; an axis of length 1 stretches. */
export function broadcastShapes(operation: string, ...shapes: readonly Shape[]): Shape {
  const result = new Array<number>(Math.max(...shapes.map((shape) => shape.length))).fill(1);
  for (const shape of shapes)
    shape.forEach((length, axis) => {
      const at = result.length - shape.length + axis;
      if (result[at] === 1) result[at] = length;
      else if (length !== 1 && length !== result[at])
        throw fail`${operation}: shapes do not broadcast: ${shapes}; axis ${axis - shape.length} has lengths ${result[at]} and ${length}, expected equal lengths or 1 (reshape or expandDims one)`;
    });
  return result;
}

/** Counts a negative axis from the end and refuses one that `rank` axes do not have. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw fail`${operation}: axis ${axis} does not exist; expected ${rank ? `a whole number from ${-rank} to ${rank - 1}` : "no axis for a scalar"}`;
}

export type Axes = number | readonly number[];

/** The axes as a sorted list without repeats; all of them when `axes` is undefined. */
export function normalizeAxes(operation: string, axes: Axes | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = [axes].flat().map((axis) => normalizeAxis(operation, axis, rank));
  if (new Set(list).size === list.length) return list.sort((a, b) => a - b);
  throw fail`${operation}: axes ${list} name one axis twice; name each once`;
}
