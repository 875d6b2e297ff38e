// Loops over arrays whose axes are laid out by strides: the inner machinery of every evaluation.
//
//   element (i0, i1, …) of an operand lies at offset + i0·s0 + i1·s1 + …
//
// A broadcast axis has stride 0, a permuted array permuted strides, a flipped axis a negative one.
import {
  allocate,
  type NDArray,
  type Shape,
  type Spec,
  sizeOf,
  strides,
  type TypedArray,
} from "../array.ts";

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

/** Reads `x` by strides into a fresh row-major array. */
export function readStrided(
  x: TypedArray,
  out: Spec,
  from: readonly number[],
  offset = 0,
): NDArray {
  const data = allocate(out.dtype, sizeOf(out.shape));
  eachRow(out.shape, [from, strides(out.shape)], [offset, 0], (length, starts, steps) => {
    const [start, to] = starts as [number, number];
    const [step, toStep] = steps as [number, number];
    for (let i = 0; i < length; i++) data[to + i * toStep] = x[start + i * step] as number;
  });
  return { ...out, data };
}

/** Writes the row-major array `x` by strides into `data`. */
export function writeStrided(
  x: NDArray,
  data: TypedArray,
  to: readonly number[],
  offset = 0,
): void {
  eachRow(x.shape, [strides(x.shape), to], [0, offset], (length, starts, steps) => {
    const [start, at] = starts as [number, number];
    const [step, toStep] = steps as [number, number];
    for (let i = 0; i < length; i++) data[at + i * toStep] = x.data[start + i * step] as number;
  });
}

/** zᵢ = f(xᵢ) */
export function map1(f: (x: number) => number, x: NDArray, out: Spec): NDArray {
  const from = x.data;
  const data = allocate(out.dtype, from.length);
  for (let i = 0; i < data.length; i++) data[i] = f(from[i] as number);
  return { ...out, data };
}

/** zᵢ = f(xᵢ, yᵢ), broadcasting. */
export function map2(
  f: (x: number, y: number) => number,
  x: NDArray,
  y: NDArray,
  out: Spec,
): NDArray {
  const [xs, ys] = [x.data, y.data];
  const data = allocate(out.dtype, sizeOf(out.shape));
  const operands = [x.shape, y.shape, out.shape].map((shape) => broadcastStrides(shape, out.shape));
  eachRow(out.shape, operands, [0, 0, 0], (length, starts, steps) => {
    const [a, b, c] = starts as [number, number, number];
    const [da, db, dc] = steps as [number, number, number];
    for (let i = 0; i < length; i++)
      data[c + i * dc] = f(xs[a + i * da] as number, ys[b + i * db] as number);
  });
  return { ...out, data };
}

/** zᵢ = cᵢ ? xᵢ : yᵢ, broadcasting. */
export function select(condition: NDArray, x: NDArray, y: NDArray, out: Spec): NDArray {
  const [cs, xs, ys] = [condition.data, x.data, y.data];
  const data = allocate(out.dtype, sizeOf(out.shape));
  const operands = [condition, x, y, out].map(({ shape }) => broadcastStrides(shape, out.shape));
  eachRow(out.shape, operands, [0, 0, 0, 0], (length, starts, steps) => {
    const [a, b, c, d] = starts as [number, number, number, number];
    const [da, db, dc, dd] = steps as [number, number, number, number];
    for (let i = 0; i < length; i++)
      data[d + i * dd] = (cs[a + i * da] ? xs[b + i * db] : ys[c + i * dc]) as number;
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
