// Moving elements without changing them: reshape, broadcastTo, permute, concat.
//
// All are linear; each one's transpose moves the cotangent back.
import {
  allocate,
  checkShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  type Spec,
  sameShape,
  sizeOf,
  strides,
} from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import type { PrimitiveFunction, Tangent } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { type AxesParams, broadcastIfNeeded, linearMap, reshapeTo } from "./broadcast.ts";
import { promote, scalar, toTensor } from "./cast.ts";
import { sliceOf } from "./slice.ts";
import { permuted, writeStrided } from "./strided.ts";

/** The same elements in another shape; one length may be −1: whatever is left. */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const from = toTensor("reshape", x);
  const rest = sizeOf(shape.filter((length) => length !== -1));
  const free = rest === 0 ? 0 : from.size / rest;
  if (shape.indexOf(-1) !== shape.lastIndexOf(-1))
    throw fail`reshape: got ${shape} for ${from}, expected at most one −1`;
  const to = checkShape(
    "reshape",
    shape.map((length) => (length === -1 ? free : length)),
  );
  return sameShape(from.shape, to) ? from : reshapeTo([from], { shape: to });
}

/** Repeats axes of length 1, and adds axes in front, until the shape is `shape`. */
export const broadcastTo = (x: TensorLike, shape: Shape): Tensor =>
  broadcastIfNeeded(toTensor("broadcastTo", x), checkShape("broadcastTo", shape));

/** `x` with a batch in front, repeated where it is not mapped. */
export const withBatch = (x: Tensor, isMapped: boolean | undefined, size: number): Tensor =>
  isMapped ? x : broadcastTo(x, [size, ...x.shape]);

export const permuteAxes: PrimitiveFunction<AxesParams> = linearMap<AxesParams>({
  name: "permute",
  shape: (x, { axes }) => axes.map((axis) => x.shape[axis]!),
  evaluate: (x, _out, { axes }) => permuted(x, axes),
  transpose: (yBar, _x, { axes }) =>
    permuteAxes([yBar], { axes: axes.map((_, axis) => axes.indexOf(axis)) }),
  batch: ({ axes }) => ({ axes: [0, ...axes.map((axis) => axis + 1)] }),
});

/** Axis i of the result is axis `axes[i]` of x; without `axes`, the order is reversed. */
export function permute(x: TensorLike, axes?: readonly number[]): Tensor {
  const from = toTensor("permute", x);
  const all = normalizeAxes("permute", undefined, from.shape.length);
  const order = axes?.map((axis) => normalizeAxis("permute", axis, all.length)) ?? all.toReversed();
  if (
    !sameShape(
      order.toSorted((a, b) => a - b),
      all,
    )
  )
    throw fail`permute: axes ${order} of ${from}; expected each of ${all} once`;
  return sameShape(order, all) ? from : permuteAxes([from], { axes: order });
}

/** Axis `from` moved to `to`, the others in order. */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const order = [...x.shape.keys()].filter((axis) => axis !== from);
  order.splice(to, 0, from);
  return permute(x, order);
}

interface AxisParams {
  readonly axis: number;
}
export const concatAlong: PrimitiveFunction<AxisParams> = primitive({
  name: "concat",
  shape(inputs, { axis }) {
    const [{ dtype, shape }] = inputs as [Spec];
    const alike = (x: Spec) =>
      x.shape.length === shape.length && sameShape(x.shape.with(axis, 0), shape.with(axis, 0));
    if (!inputs.every(alike))
      throw fail`concat: got ${inputs}, expected equal shapes off axis ${axis}`;
    return {
      dtype,
      shape: shape.with(
        axis,
        inputs.reduce((length, x) => length + x.shape[axis]!, 0),
      ),
    };
  },
  evaluate(inputs, { dtype, shape }, { axis }) {
    const data = allocate(dtype, sizeOf(shape));
    const steps = strides(shape);
    let offset = 0;
    for (const x of inputs) {
      writeStrided(x, data, steps, offset);
      offset += x.shape[axis]! * steps[axis]!;
    }
    return { dtype, shape, data };
  },
  jvp: (tangents, primals, _y, params) =>
    concatAlong(
      primals.map((x, i) => tangents[i] ?? broadcastTo(scalar(0, x.dtype), x.shape)),
      params,
    ),
  transpose(yBar, inputs, { axis }) {
    let end = 0;
    return inputs.map((x): Tangent => {
      const start = x.shape.map((_, i) => (i === axis ? end : 0));
      end += x.shape[axis]!;
      return x instanceof Tensor
        ? null
        : sliceOf([yBar], { start, step: start.map(() => 1), shape: x.shape });
    });
  },
  batch: (inputs, mapped, size, { axis }) =>
    concatAlong(
      inputs.map((x, i) => withBatch(x, mapped[i], size)),
      { axis: axis + 1 },
    ),
});

/** Joins tensors end to end along `axis`; the other axes must agree. */
export function concat(xs: readonly TensorLike[], axis = 0): Tensor {
  if (!Array.isArray(xs) || xs.length === 0)
    throw fail`concat: expected a non-empty array of tensors, got ${xs}`;
  const inputs = promote("concat", xs);
  return concatAlong(inputs, { axis: normalizeAxis("concat", axis, inputs[0]!.shape.length) });
}
