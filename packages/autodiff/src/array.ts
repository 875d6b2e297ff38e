// Arrays: a shape, a dtype and a typed array in row-major order.
//
//   NDArray = { shape: [d0, d1, …], dtype, data: TypedArray of length d0·d1·… }
//
// The ground floor: it knows no autodiff. Everything that computes on numbers stands on it.

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

const constructors = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  bool: Uint8Array,
} as const;

export const dtypes: readonly DType[] = ["f64", "f32", "i32", "u32", "bool"];
export const bytesPerElement = (dtype: DType): number => constructors[dtype].BYTES_PER_ELEMENT;
export const isFloat = (dtype: DType): boolean => dtype === "f64" || dtype === "f32";

/** A typed array of `size` zeros. */
export function allocate(dtype: DType, size: number): TypedArray {
  return new constructors[dtype](size);
}

/** The dtype that a typed array stands for, or undefined for one that no dtype has. */
export function dtypeOf(data: object): DType | undefined {
  return dtypes.find((dtype) => data instanceof constructors[dtype]);
}

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

export const sameSpec = (a: Spec, b: Spec): boolean =>
  a.dtype === b.dtype && sameShape(a.shape, b.shape);

/** `f64[3,2]` */
export const formatSpec = ({ dtype, shape }: Spec): string => `${dtype}[${shape.join(",")}]`;
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** How far apart neighbours along each axis lie in row-major data. */
export function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = stride;
    stride *= shape[axis] as number;
  }
  return result;
}

/** Throws unless `shape` is a list of whole numbers ≥ 0. */
export function checkShape(operation: string, shape: Shape): Shape {
  if (!Array.isArray(shape) || !shape.every((length) => Number.isInteger(length) && length >= 0))
    throw new TypeError(
      `${operation}: expected a shape, an array of whole numbers ≥ 0, got ${JSON.stringify(shape)}`,
    );
  return shape;
}

/** The shape that arrays broadcast to, aligned at their last axes; an axis of length 1 stretches. */
export function broadcastShapes(operation: string, ...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    shape.forEach((length, axis) => {
      const known = result[offset + axis];
      if (known === 1) result[offset + axis] = length;
      else if (length !== 1 && length !== known)
        throw new RangeError(
          `${operation}: shapes do not broadcast: ${shapes.map(formatShape).join(" and ")}; ` +
            `axis ${axis - shape.length} has lengths ${known} and ${length}, which must be equal or 1 ` +
            "(reshape or expandDims one of them)",
        );
    });
  }
  return result;
}

/** Counts a negative axis from the end and refuses one that `rank` axes do not have. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank)
    throw new RangeError(
      `${operation}: axis ${axis} does not exist: expected ${rank === 0 ? "no axis for a scalar" : `a whole number from ${-rank} to ${rank - 1}`}`,
    );
  return result;
}

/** The axes as a sorted list without repeats; all of them when `axes` is undefined. */
export function normalizeAxes(
  operation: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) =>
    normalizeAxis(operation, axis, rank),
  );
  if (new Set(list).size !== list.length)
    throw new RangeError(`${operation}: axes [${list}] name one axis twice; name each once`);
  return list.sort((a, b) => a - b);
}
