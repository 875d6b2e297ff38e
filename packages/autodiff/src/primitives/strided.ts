// Loops over arrays whose axes are laid out by strides: the inner machinery of every evaluation.
//
//   element (i0, i1, …) of an operand lies at offset + i0·s0 + i1·s1 + …
//
// A broadcast axis has stride 0, a permuted array permuted strides, a flipped axis a negative one.
import {
  allocate,
  type DType,
  type NDArray,
  type Shape,
  type Spec,
  sizeOf,
  strides,
  type TypedArray,
} from "../array.ts";
import { specialize } from "./specialize.ts";

/** Called once for each innermost row: its length, where each operand starts, and each one's step. */
type Row = (length: number, starts: readonly number[], steps: readonly number[]) => void;

/** Merges neighbouring axes that every operand walks as one, so that rows are as long as possible. */
function coalesce(shape: Shape, operands: readonly (readonly number[])[]): [number[], number[][]] {
  const merged: number[] = [];
  const steps: number[][] = operands.map(() => []);
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const last = merged.length - 1;
    if (last >= 0 && operands.every((s, k) => steps[k]?.[last] === (s[axis] as number) * length))
      merged[last] = (merged[last] as number) * length;
    else merged.push(length);
    for (const [k, s] of operands.entries())
      (steps[k] as number[])[merged.length - 1] = s[axis] as number;
  });
  return [merged, steps];
}

/** Walks all operands together over `shape`, row by row. */
export function eachRow(
  shape: Shape,
  operands: readonly (readonly number[])[],
  offsets: readonly number[],
  row: Row,
): void {
  if (sizeOf(shape) === 0) return;
  const [lengths, steps] = coalesce(shape, operands);
  const inner = lengths.length - 1;
  const starts = [...offsets];
  if (inner < 0)
    return row(
      1,
      starts,
      operands.map(() => 0),
    );
  const innerLength = lengths[inner] as number;
  const innerSteps = steps.map((s) => s[inner] as number);
  const index = new Array<number>(inner).fill(0);
  for (;;) {
    row(innerLength, starts, innerSteps);
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      const length = lengths[axis] as number;
      const wraps = (index[axis] as number) + 1 === length;
      index[axis] = wraps ? 0 : (index[axis] as number) + 1;
      for (let k = 0; k < starts.length; k++)
        (starts[k] as number) += (steps[k]?.[axis] as number) * (wraps ? 1 - length : 1);
      if (!wraps) break;
    }
    if (axis < 0) return;
  }
}

/** The strides with which an array of shape `from` is read as if it had the shape `to`. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = strides(from);
  const offset = to.length - from.length;
  return to.map((_, axis) =>
    axis < offset || from[axis - offset] === 1 ? 0 : (own[axis - offset] as number),
  );
}

type CopyLoop = (
  from: TypedArray,
  to: TypedArray,
  n: number,
  i: number,
  di: number,
  j: number,
  dj: number,
) => void;
const copyLoop: CopyLoop = (from, to, n, i, di, j, dj) => {
  for (let k = 0; k < n; k++) to[j + k * dj] = from[i + k * di] as number;
};
const copies = new Map<DType, CopyLoop>();

/** A copy loop for one dtype. */
function copyFor(dtype: DType): CopyLoop {
  const none = allocate(dtype, 0);
  const loop = copies.get(dtype) ?? specialize(copyLoop, none, none, 0, 0, 0, 0, 0);
  copies.set(dtype, loop);
  return loop;
}

/** Copies `shape` elements between two arrays of one dtype, each laid out by strides from an offset. */
function copy(
  shape: Shape,
  dtype: DType,
  from: TypedArray,
  read: readonly number[],
  at: number,
  to: TypedArray,
  write: readonly number[],
  into: number,
): void {
  const loop = copyFor(dtype);
  eachRow(shape, [read, write], [at, into], (n, starts, steps) => {
    loop(
      from,
      to,
      n,
      starts[0] as number,
      steps[0] as number,
      starts[1] as number,
      steps[1] as number,
    );
  });
}

/** Reads `x` by strides into a fresh row-major array. */
export function readStrided(
  x: TypedArray,
  out: Spec,
  from: readonly number[],
  offset = 0,
): NDArray {
  const data = allocate(out.dtype, sizeOf(out.shape));
  copy(out.shape, out.dtype, x, from, offset, data, strides(out.shape), 0);
  return { ...out, data };
}

/** Writes the row-major array `x` by strides into `data`. */
export function writeStrided(
  x: NDArray,
  data: TypedArray,
  to: readonly number[],
  offset = 0,
): void {
  copy(x.shape, x.dtype, x.data, strides(x.shape), 0, data, to, offset);
}

type Loop1 = (f: (x: number) => number, x: TypedArray, z: TypedArray) => void;
const loop1: Loop1 = (f, x, z) => {
  for (let i = 0; i < z.length; i++) z[i] = f(x[i] as number);
};

/** The evaluation zᵢ = f(xᵢ). */
export function map1(f: (x: number) => number): (x: NDArray, out: Spec) => NDArray {
  let loop: Loop1 | undefined;
  return (x, { dtype, shape }) => {
    const data = allocate(dtype, x.data.length);
    loop ??= specialize(loop1, f, allocate(dtype, 0), allocate(dtype, 0));
    loop(f, x.data, data);
    return { dtype, shape, data };
  };
}

type Function2 = (x: number, y: number) => number;
type Loop2 = (
  f: Function2,
  n: number,
  x: TypedArray,
  i: number,
  di: number,
  y: TypedArray,
  j: number,
  dj: number,
  z: TypedArray,
  k: number,
) => void;
const loop2: Loop2 = (f, n, x, i, di, y, j, dj, z, k) => {
  for (let m = 0; m < n; m++) z[k + m] = f(x[i + m * di] as number, y[j + m * dj] as number);
};

/** The evaluation zᵢ = f(xᵢ, yᵢ), broadcasting. */
export function map2(f: Function2): (x: NDArray, y: NDArray, out: Spec) => NDArray {
  let loop: Loop2 | undefined;
  return (x, y, out) => {
    const data = allocate(out.dtype, sizeOf(out.shape));
    const run = (loop ??= specialize(loop2, f, 0, x.data, 0, 0, y.data, 0, 0, data, 0));
    const operands = [x, y, out].map(({ shape }) => broadcastStrides(shape, out.shape));
    eachRow(out.shape, operands, [0, 0, 0], (n, starts, steps) => {
      const [i, j, k] = starts as [number, number, number];
      run(f, n, x.data, i, steps[0] as number, y.data, j, steps[1] as number, data, k);
    });
    return { ...out, data };
  };
}

type Loop3 = (
  n: number,
  c: TypedArray,
  h: number,
  dh: number,
  x: TypedArray,
  i: number,
  di: number,
  y: TypedArray,
  j: number,
  dj: number,
  z: TypedArray,
  k: number,
) => void;
const loop3: Loop3 = (n, c, h, dh, x, i, di, y, j, dj, z, k) => {
  for (let m = 0; m < n; m++) z[k + m] = (c[h + m * dh] ? x[i + m * di] : y[j + m * dj]) as number;
};

/** zᵢ = cᵢ ? xᵢ : yᵢ, broadcasting. */
export function select(condition: NDArray, x: NDArray, y: NDArray, out: Spec): NDArray {
  const data = allocate(out.dtype, sizeOf(out.shape));
  const operands = [condition, x, y, out].map(({ shape }) => broadcastStrides(shape, out.shape));
  eachRow(out.shape, operands, [0, 0, 0, 0], (n, starts, steps) => {
    const [h, i, j, k] = starts as [number, number, number, number];
    const [dh, di, dj] = steps as [number, number, number];
    loop3(n, condition.data, h, dh, x.data, i, di, y.data, j, dj, data, k);
  });
  return { ...out, data };
}

/** `x` with `axes` moved last and merged: one row a result, `length` elements each. */
export function asRows(x: NDArray, axes: readonly number[]): { data: TypedArray; length: number } {
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...axes];
  const length = sizeOf(axes.map((axis) => x.shape[axis] as number));
  if (order.every((axis, position) => axis === position)) return { data: x.data, length };
  const own = strides(x.shape);
  const shape = order.map((axis) => x.shape[axis] as number);
  return {
    data: readStrided(
      x.data,
      { dtype: x.dtype, shape },
      order.map((axis) => own[axis] as number),
    ).data,
    length,
  };
}

/** Around `axis`, an array is [outer, length, inner]. */
export function aroundAxis(
  shape: Shape,
  axis: number,
): { outer: number; length: number; inner: number } {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis] as number,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}
