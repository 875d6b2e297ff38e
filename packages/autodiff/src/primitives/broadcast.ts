// reshape, broadcastTo and sum: linear maps that are each other's transposes.
//
//   ⟨ȳ, broadcast x⟩ = ⟨sum ȳ, x⟩
import {
  allocate,
  broadcastShapes,
  formatShape,
  formatSpec,
  sameShape,
  type Shape,
  type Spec,
  sizeOf,
} from "../array.ts";
import { primitive } from "../interpreter.ts";
import { type LinearInput, type Tangent, type PrimitiveFunction } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { asRows, broadcastStrides, readStrided } from "./strided.ts";

/** A linear map with one input: ẏ = map(ẋ); a helper for records. */
export const linear =
  <P>(map: (inputs: readonly Tensor[], params: P) => Tensor) =>
  (tangents: readonly Tangent[], _primals: readonly Tensor[], _y: Tensor, params: P): Tensor =>
    map(tangents as readonly Tensor[], params);

export const reshapeTo: PrimitiveFunction<{ shape: Shape }> = primitive({
  name: "reshape",
  shape([x], { shape }) {
    const { dtype, shape: from } = x as Spec;
    if (sizeOf(from) !== sizeOf(shape))
      throw new RangeError(
        `reshape: ${formatSpec({ dtype, shape: from })} has ${sizeOf(from)} elements and ${formatShape(shape)} ${sizeOf(shape)}; they must be equal`,
      );
    return { dtype, shape };
  },
  evaluate: ([x], out) => ({ ...out, data: x?.data ?? allocate(out.dtype, 0) }),
  jvp: linear((inputs, params) => reshapeTo(inputs, params)),
  transpose: (yBar, [x]) => [reshapeTo([yBar], { shape: (x as Spec).shape })],
  batch: (inputs, _mapped, size, { shape }) => reshapeTo(inputs, { shape: [size, ...shape] }),
});

export const broadcast: PrimitiveFunction<{ shape: Shape }> = primitive({
  name: "broadcastTo",
  shape([x], { shape }) {
    const from = x as Spec;
    if (!sameShape(broadcastShapes("broadcastTo", from.shape, shape), shape))
      throw new RangeError(
        `broadcastTo: ${formatSpec(from)} does not broadcast to ${formatShape(shape)}; only axes of length 1 stretch`,
      );
    return { dtype: from.dtype, shape };
  },
  evaluate: ([x], out) => {
    const { data, shape } = x as Tensor;
    return readStrided(data, out, broadcastStrides(shape, out.shape));
  },
  jvp: linear((inputs, params) => broadcast(inputs, params)),
  transpose: (yBar, [x]) => [sumTo(yBar, (x as Spec).shape)],
  batch([x], _mapped, size, { shape }) {
    const rest = (x as Tensor).shape.slice(1);
    const ones = new Array<number>(shape.length - rest.length).fill(1);
    return broadcast([reshapeTo([x as Tensor], { shape: [size, ...ones, ...rest] })], {
      shape: [size, ...shape],
    });
  },
});

/** Pairwise summation: the error grows with log n instead of n (Higham 2002, §4.2). */
function pairwiseSum(data: ArrayLike<number>, start: number, end: number): number {
  if (end - start <= 64) {
    let total = 0;
    for (let i = start; i < end; i++) total += data[i] as number;
    return total;
  }
  const middle = start + ((end - start) >> 1);
  return pairwiseSum(data, start, middle) + pairwiseSum(data, middle, end);
}

export const withoutAxes = (shape: Shape, axes: readonly number[]): Shape =>
  shape.filter((_, axis) => !axes.includes(axis));

/** `x` with the removed `axes` back as axes of length 1. */
export const restoreAxes = (x: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  reshapeTo([x], { shape: shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) });

export const sumOver: PrimitiveFunction<{ axes: readonly number[] }> = primitive({
  name: "sum",
  shape: ([x], { axes }) => ({
    dtype: (x as Spec).dtype,
    shape: withoutAxes((x as Spec).shape, axes),
  }),
  evaluate([x], out, { axes }) {
    const { data, length } = asRows(x as Tensor, axes);
    const result = allocate(out.dtype, sizeOf(out.shape));
    for (let i = 0; i < result.length; i++)
      result[i] = pairwiseSum(data, i * length, (i + 1) * length);
    return { ...out, data: result };
  },
  jvp: linear((inputs, params) => sumOver(inputs, params)),
  transpose(yBar, [x], { axes }) {
    const { shape } = x as LinearInput;
    return [broadcast([restoreAxes(yBar, shape, axes)], { shape })];
  },
  batch: (inputs, _mapped, _size, { axes }) =>
    sumOver(inputs, { axes: axes.map((axis) => axis + 1) }),
});

/** Sums over the axes along which `shape` was broadcast to reach that of `x`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const offset = x.shape.length - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < offset || (shape[axis - offset] === 1 && length !== 1) ? [axis] : [],
  );
  const summed = axes.length === 0 ? x : sumOver([x], { axes });
  return sameShape(summed.shape, shape) ? summed : reshapeTo([summed], { shape });
}

/** `x` itself when it has the shape already. */
export const broadcastIfNeeded = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : broadcast([x], { shape });
