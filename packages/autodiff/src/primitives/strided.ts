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

type Numbers = readonly number[];

/** Merges neighbouring axes that every operand walks as one, so that rows are as long as possible. */
function coalesce(
  shape: Shape,
  operands: readonly Numbers[],
): { lengths: number[]; steps: number[][] } {
  const lengths: number[] = [];
  const steps: number[][] = operands.map(() => []);
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const last = lengths.length - 1;
    const merges = last >= 0 && operands.every((s, k) => steps[k]![last] === s[axis]! * length);
    if (merges) lengths[last]! *= length;
    else lengths.push(length);
    operands.forEach((s, k) => {
      steps[k]![lengths.length - 1] = s[axis]!;
    });
  });
  return { lengths, steps };
}

export type Scalars = (x: number, y: number, c: number) => number;
type Data = readonly TypedArray[];
type Row = (n: number, starts: Int32Array, steps: Int32Array, data: Data, f?: Scalars) => void;

/** Walks all operands over `shape` together: `row` gets each innermost length, starts and steps, `data` and `f`. */
export function eachRow(
  shape: Shape,
  operands: readonly Numbers[],
  offsets: Numbers,
  row: Row,
  data: Data = [],
  f?: Scalars,
): void {
  const { lengths, steps } = coalesce(shape, operands);
  const length = lengths.pop() ?? 1;
  const innerSteps = Int32Array.from(steps, (s) => s.pop() ?? 0);
  const rows = sizeOf(shape) === 0 ? 0 : sizeOf(lengths);
  const index = lengths.map(() => 0);
  const starts = Int32Array.from(offsets);
  for (let r = 0; r < rows; r++) {
    row(length, starts, innerSteps, data, f);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const wraps = ++index[axis]! === lengths[axis];
      if (wraps) index[axis] = 0;
      const moved = wraps ? 1 - lengths[axis]! : 1;
      for (let k = 0; k < starts.length; k++) starts[k]! += steps[k]![axis]! * moved;
      if (!wraps) break;
    }
  }
}

/** The strides with which an array of shape `from` is read as if it had the shape `to`. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = strides(from);
  const offset = to.length - from.length;
  return to.map((_, axis) => (from[axis - offset] === 1 ? 0 : (own[axis - offset] ?? 0)));
}

const mapRow: Row = (n, starts, steps, data, f) => {
  const [x, y, c, z] = [data[0]!, data[1]!, data[2]!, data[3]!];
  const [dx, dy, dc, dz] = [steps[0]!, steps[1]!, steps[2]!, steps[3]!];
  const [i, j, h, k] = [starts[0]!, starts[1]!, starts[2]!, starts[3]!];
  for (let m = 0; m < n; m++) z[k + m * dz] = f!(x[i + m * dx]!, y[j + m * dy]!, c[h + m * dc]!);
};
const copyRow: Row = (n, starts, steps, data) => {
  const [x, z, dx, dz] = [data[0]!, data[1]!, steps[0]!, steps[1]!];
  const [i, k] = [starts[0]!, starts[1]!];
  for (let m = 0; m < n; m++) z[k + m * dz] = x[i + m * dx]!;
};
const none = new Int32Array(4);

/** A copy of a loop for each dtype, and for `f`. */
function loopsOf(loop: Row, f?: Scalars): (dtype: DType) => Row {
  const own: { [dtype in DType]?: Row } = {};
  return (dtype) => (own[dtype] ??= specialize<Parameters<Row>>(loop, 0, none, none, [], f));
}

/** The evaluation zᵢ = f(xᵢ, yᵢ, cᵢ) of one to three inputs, broadcasting. */
export function pointwise(f: Scalars): (inputs: readonly NDArray[], out: Spec) => NDArray {
  const loops = loopsOf(mapRow, f);
  return ([x, y = x, c = x], { dtype, shape }) => {
    const operands = [x!, y!, c!, { shape, data: allocate(dtype, sizeOf(shape)) }];
    const steps = operands.map((operand) => broadcastStrides(operand.shape, shape));
    const data = operands.map((operand) => operand.data);
    eachRow(shape, steps, [0, 0, 0, 0], loops(x!.dtype), data, f);
    return { dtype, shape, data: data[3]! };
  };
}

const copies = loopsOf(copyRow);

/** Reads an array by strides into a fresh row-major one. */
export function readStrided(x: NDArray, out: Spec, steps: Numbers, offset = 0): NDArray {
  const data = allocate(out.dtype, sizeOf(out.shape));
  const both = [steps, strides(out.shape)];
  eachRow(out.shape, both, [offset, 0], copies(out.dtype), [x.data, data]);
  return { ...out, data };
}

/** Writes a row-major array by strides into `data`. */
export function writeStrided(x: NDArray, data: TypedArray, steps: Numbers, offset = 0): void {
  const both = [strides(x.shape), steps];
  eachRow(x.shape, both, [0, offset], copies(x.dtype), [x.data, data]);
}

/** The array whose axis i is axis `order[i]` of x. */
export function permuted(x: NDArray, order: readonly number[]): NDArray {
  const own = strides(x.shape);
  const [shape, steps] = [x.shape, own].map((of) => order.map((axis) => of[axis]!));
  return readStrided(x, { dtype: x.dtype, shape: shape! }, steps!);
}

/** One number from each row of `x`, whose elements along `axes` lie from `start` up to `end` in `data`. */
export function foldRows(
  x: NDArray,
  axes: readonly number[],
  out: Spec,
  fold: (data: TypedArray, start: number, end: number) => number,
): NDArray {
  const kept = [...x.shape.keys()].filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const { data } = order.every((axis, i) => axis === i) ? x : permuted(x, order);
  const result = allocate(out.dtype, sizeOf(out.shape));
  const length = data.length / result.length;
  for (let i = 0; i < result.length; i++) result[i] = fold(data, i * length, (i + 1) * length);
  return { dtype: out.dtype, shape: out.shape, data: result };
}
