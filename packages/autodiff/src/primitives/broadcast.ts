// reshape, broadcast and sum: linear maps that are each other's transposes.
//
//   ⟨ȳ, broadcast x⟩ = ⟨sum ȳ, x⟩
import {
  allocate,
  broadcastShapes,
  type DType,
  type NDArray,
  type Shape,
  type Spec,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import type { PrimitiveFunction } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { foldRows } from "./strided.ts";

/** A linear map of one input that keeps the dtype: ẏ = map(ẋ). `batch` gives the batched map's parameters. */
export function linearMap<P extends object>(record: {
  readonly name: string;
  shape(x: Spec, params: P): Shape;
  evaluate(x: NDArray, out: Spec, params: P): NDArray;
  transpose(yBar: Tensor, x: Spec, params: P): Tensor;
  batch(params: P, size: number): P;
}): PrimitiveFunction<P> {
  const apply: PrimitiveFunction<P> = primitive<P>({
    name: record.name,
    shape: ([x], params) => ({ dtype: x!.dtype, shape: record.shape(x!, params) }),
    evaluate: ([x], { dtype, shape }, params) => record.evaluate(x!, { dtype, shape }, params),
    jvp: ([xDot], _primals, _y, params) => apply([xDot!], params),
    transpose: (yBar, [x], params) => [record.transpose(yBar, x!, params)],
    batch: (inputs, _mapped, size, params) => apply(inputs, record.batch(params, size)),
  });
  return apply;
}

export interface ShapeParams {
  readonly shape: Shape;
}
export interface AxesParams {
  readonly axes: readonly number[];
}
export const batchShape = ({ shape }: ShapeParams, size: number): ShapeParams => ({
  shape: [size, ...shape],
});
export const batchAxes = ({ axes }: AxesParams): AxesParams => ({
  axes: axes.map((axis) => axis + 1),
});

export const reshapeTo: PrimitiveFunction<ShapeParams> = linearMap<ShapeParams>({
  name: "reshape",
  shape(x, { shape }) {
    if (sizeOf(x.shape) === sizeOf(shape)) return shape;
    throw fail`reshape: ${x} has ${sizeOf(x.shape)} elements, expected the ${sizeOf(shape)} of ${shape}`;
  },
  evaluate: ({ data }, out) => ({ ...out, data }),
  transpose: (yBar, { shape }) => reshapeTo([yBar], { shape }),
  batch: batchShape,
});

/** Repeats each `run` of numbers so many times, by copying what is there already: 1, 2, 4, … of them at once. */
function repeatRuns(x: TypedArray, run: number, times: number, dtype: DType): TypedArray {
  const y = allocate(dtype, x.length * times);
  const block = run * times;
  for (let k = 0; k < y.length; k += block) {
    const i = k / times;
    if (run === 1) y.fill(x[i]!, k, k + block);
    else {
      y.set(x.subarray(i, i + run), k);
      for (let n = run; n < block; n *= 2) y.copyWithin(k + n, k, k + Math.min(n, block - n));
    }
  }
  return y;
}

/** Stretches axes of length 1; the rank stays. */
export const stretch: PrimitiveFunction<ShapeParams> = linearMap<ShapeParams>({
  name: "broadcastTo",
  shape(x, { shape }) {
    if (sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) return shape;
    throw fail`broadcastTo: ${x} does not broadcast to ${shape}; expected axes of length 1 where they stretch`;
  },
  // The last axis first: what is repeated is as short as can be.
  evaluate(x, { dtype, shape }) {
    let run = 1;
    const data = shape.reduceRight((from, length, axis) => {
      const own = x.shape[axis]!;
      const to = own === length ? from : repeatRuns(from, run, length, dtype);
      run *= length;
      return to;
    }, x.data);
    return { dtype, shape, data };
  },
  transpose: (yBar, { shape }) => sumTo(yBar, shape),
  batch: batchShape,
});

/** Pairwise summation: the error grows with log n instead of n (Higham 2002, §4.2). */
function pairwiseSum(data: TypedArray, start: number, end: number): number {
  const middle = (start + end) >> 1;
  if (end - start > 64) return pairwiseSum(data, start, middle) + pairwiseSum(data, middle, end);
  let total = 0;
  for (let i = start; i < end; i++) total += data[i]!;
  return total;
}

export const withoutAxes = (x: Spec, { axes }: AxesParams): Shape =>
  x.shape.filter((_, axis) => !axes.includes(axis));

/** `y` with the `axes` that a reduction removed from `shape` back as axes of length 1. */
export const restoreAxes = (y: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  reshapeTo([y], { shape: shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) });

export const sumOver: PrimitiveFunction<AxesParams> = linearMap<AxesParams>({
  name: "sum",
  shape: withoutAxes,
  evaluate: (x, out, { axes }) => foldRows(x, axes, out, pairwiseSum),
  transpose: (yBar, { shape }, { axes }) => stretch([restoreAxes(yBar, shape, axes)], { shape }),
  batch: batchAxes,
});

/** Sums over the axes along which `shape` was broadcast to reach that of `x`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const offset = x.shape.length - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < offset || (shape[axis - offset] === 1 && length !== 1) ? [axis] : [],
  );
  const summed = axes.length === 0 ? x : sumOver([x], { axes });
  return sameShape(summed.shape, shape) ? summed : reshapeTo([summed], { shape });
}

/** Repeats axes of length 1, and adds axes in front, until the shape is `shape`. */
export function broadcastIfNeeded(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const ones = shape.slice(x.shape.length).fill(1);
  const same = ones.length ? reshapeTo([x], { shape: [...ones, ...x.shape] }) : x;
  return stretch([same], { shape });
}
