// Moving elements without changing them: reshape, broadcastTo, permute, flip, slice, pad, concat.
//
// All are linear; each one's transpose moves the cotangent back.
import {
  allocate,
  checkShape,
  formatShape,
  formatSpec,
  normalizeAxes,
  normalizeAxis,
  type NDArray,
  sameShape,
  type Shape,
  type Spec,
  sizeOf,
  strides,
} from "../array.ts";
import { primitive } from "../interpreter.ts";
import { type Tangent, type Primitive, type PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { broadcast, broadcastIfNeeded, linear, reshapeTo } from "./broadcast.ts";
import { promote, scalar, toTensor } from "./cast.ts";
import { readStrided, writeStrided } from "./strided.ts";

/** The same elements in another shape; one length may be −1: whatever is left. */
export function reshape(x: TensorLike, shape: Shape): Tensor {
  const from = toTensor("reshape", x);
  const free = shape.indexOf(-1);
  const rest = sizeOf(shape.filter((_, axis) => axis !== free));
  if (free >= 0 && (rest === 0 || from.size % rest !== 0))
    throw new RangeError(
      `reshape: ${formatSpec(from)} has ${from.size} elements, which ${formatShape(shape)} cannot hold: the −1 would not be a whole number`,
    );
  const to =
    free < 0 ? shape : shape.map((length, axis) => (axis === free ? from.size / rest : length));
  return sameShape(from.shape, checkShape("reshape", to)) ? from : reshapeTo([from], { shape: to });
}

/** Repeats axes of length 1, and adds axes in front, until the shape is `shape`. */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  checkShape("broadcastTo", shape);
  return broadcastIfNeeded(toTensor("broadcastTo", x), shape);
}

const permuteAxes: PrimitiveFunction<{ axes: readonly number[] }> = primitive({
  name: "permute",
  shape: ([x], { axes }) => ({
    dtype: (x as Spec).dtype,
    shape: axes.map((axis) => (x as Spec).shape[axis] as number),
  }),
  evaluate([x], out, { axes }) {
    const { data, shape } = x as NDArray;
    const own = strides(shape);
    return readStrided(
      data,
      out,
      axes.map((axis) => own[axis] as number),
    );
  },
  jvp: linear((inputs, params) => permuteAxes(inputs, params)),
  transpose: (yBar, _inputs, { axes }) => [
    permuteAxes([yBar], { axes: axes.map((_, axis) => axes.indexOf(axis)) }),
  ],
  batch: (inputs, _mapped, _size, { axes }) =>
    permuteAxes(inputs, { axes: [0, ...axes.map((axis) => axis + 1)] }),
});
export const permutePrimitive: Primitive = permuteAxes.primitive;

/** Axis i of the result is axis `axes[i]` of x; without `axes`, the order is reversed. */
export function permute(x: TensorLike, axes?: readonly number[]): Tensor {
  const from = toTensor("permute", x);
  const rank = from.shape.length;
  const order =
    axes?.map((axis) => normalizeAxis("permute", axis, rank)) ??
    normalizeAxes("permute", undefined, rank).reverse();
  if (order.length !== rank || new Set(order).size !== rank)
    throw new RangeError(
      `permute: axes [${order}] must name each of the ${rank} axes of ${formatSpec(from)} once`,
    );
  return order.every((axis, i) => axis === i) ? from : permuteAxes([from], { axes: order });
}

const flipAxes: PrimitiveFunction<{ axes: readonly number[] }> = primitive({
  name: "flip",
  shape: ([x]) => x as Spec,
  evaluate([x], { dtype, shape }, { axes }) {
    const own = strides(shape);
    const offset = axes.reduce(
      (at, axis) => at + (own[axis] as number) * Math.max(0, (shape[axis] as number) - 1),
      0,
    );
    return readStrided(
      (x as NDArray).data,
      { dtype, shape },
      own.map((s, axis) => (axes.includes(axis) ? -s : s)),
      offset,
    );
  },
  jvp: linear((inputs, params) => flipAxes(inputs, params)),
  transpose: (yBar, _inputs, params) => [flipAxes([yBar], params)],
  batch: (inputs, _mapped, _size, { axes }) =>
    flipAxes(inputs, { axes: axes.map((axis) => axis + 1) }),
});
export const flipPrimitive: Primitive = flipAxes.primitive;

/** Reverses the order along `axes` (all by default). */
export function flip(x: TensorLike, axes?: number | readonly number[]): Tensor {
  const from = toTensor("flip", x);
  return flipAxes([from], { axes: normalizeAxes("flip", axes, from.shape.length) });
}

interface SliceParams {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: Shape;
}
export const sliceOf: PrimitiveFunction<SliceParams> = primitive({
  name: "slice",
  shape: ([x], { shape }) => ({ dtype: (x as Spec).dtype, shape }),
  evaluate([x], out, { start, step }) {
    const own = strides((x as NDArray).shape);
    const offset = own.reduce((at, s, axis) => at + s * (start[axis] as number), 0);
    return readStrided(
      (x as NDArray).data,
      out,
      own.map((s, axis) => s * (step[axis] as number)),
      offset,
    );
  },
  jvp: linear((inputs, params) => sliceOf(inputs, params)),
  transpose: (yBar, [x], { start, step }) => [
    padTo([yBar], { start, step, shape: (x as Spec).shape, value: 0 }),
  ],
  batch: (inputs, _mapped, size, { start, step, shape }) =>
    sliceOf(inputs, { start: [0, ...start], step: [1, ...step], shape: [size, ...shape] }),
});

/** Writes x into an array full of `value`: element i along an axis lands at start + i·step. */
export const padTo: PrimitiveFunction<SliceParams & { readonly value: number }> = primitive({
  name: "pad",
  shape: ([x], { shape }) => ({ dtype: (x as Spec).dtype, shape }),
  evaluate([x], out, { start, step, value }) {
    const data = allocate(out.dtype, sizeOf(out.shape)).fill(value);
    const own = strides(out.shape);
    const offset = own.reduce((at, s, axis) => at + s * (start[axis] as number), 0);
    writeStrided(
      x as NDArray,
      data,
      own.map((s, axis) => s * (step[axis] as number)),
      offset,
    );
    return { ...out, data };
  },
  jvp: linear((inputs, params) => padTo(inputs, { ...params, value: 0 })),
  transpose: (yBar, [x], { start, step }) => [
    sliceOf([yBar], { start, step, shape: (x as Spec).shape }),
  ],
  batch: (inputs, _mapped, size, { start, step, shape, value }) =>
    padTo(inputs, { start: [0, ...start], step: [1, ...step], shape: [size, ...shape], value }),
});

type Bounds = readonly (number | null)[];
/** x[start:stop:step], per axis; null is the whole axis, a negative bound counts from the end, step ≥ 1. */
export function slice(
  x: TensorLike,
  start: Bounds,
  stop: Bounds = [],
  step: readonly number[] = [],
): Tensor {
  const from = toTensor("slice", x);
  const rank = from.shape.length;
  if (Math.max(start.length, stop.length, step.length) > rank)
    throw new RangeError(`slice: bounds for more axes than ${formatSpec(from)} has`);
  const clamp = (bound: number, length: number) =>
    Math.min(Math.max(bound < 0 ? bound + length : bound, 0), length);
  const begin = from.shape.map((length, axis) => clamp(start[axis] ?? 0, length));
  const stride = from.shape.map((_, axis) => step[axis] ?? 1);
  if (![...begin, ...stride].every(Number.isInteger) || stride.some((s) => s < 1))
    throw new RangeError(
      `slice: start [${start}] must be whole numbers and step [${step}] whole numbers ≥ 1; flip() reverses an axis`,
    );
  const shape = from.shape.map((length, axis) => {
    const end = clamp(stop[axis] ?? length, length);
    return Math.max(0, Math.ceil((end - (begin[axis] as number)) / (stride[axis] as number)));
  });
  return sameShape(shape, from.shape)
    ? from
    : sliceOf([from], { start: begin, step: stride, shape });
}

/** Adds `low` elements before and `high` after, per axis, all equal to `value`. */
export function pad(
  x: TensorLike,
  widths: readonly (readonly [number, number])[],
  value = 0,
): Tensor {
  const from = toTensor("pad", x);
  if (
    widths.length !== from.shape.length ||
    !widths.flat().every((w) => Number.isInteger(w) && w >= 0)
  )
    throw new RangeError(
      `pad: expected one [low, high] pair of whole numbers ≥ 0 for each axis of ${formatSpec(from)}, got ${JSON.stringify(widths)}`,
    );
  const shape = from.shape.map(
    (length, axis) => length + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0),
  );
  return padTo([from], {
    start: widths.map(([low]) => low),
    step: shape.map(() => 1),
    shape,
    value,
  });
}

const concatAlong: PrimitiveFunction<{ axis: number }> = primitive({
  name: "concat",
  shape(inputs, { axis }) {
    const [first] = inputs as [Spec];
    for (const x of inputs)
      if (
        x.shape.length !== first.shape.length ||
        x.shape.some((length, i) => i !== axis && length !== first.shape[i])
      )
        throw new RangeError(
          `concat: shapes differ off axis ${axis}: ${inputs.map(formatSpec).join(", ")}`,
        );
    const total = inputs.reduce((length, x) => length + (x.shape[axis] as number), 0);
    return {
      dtype: first.dtype,
      shape: first.shape.map((length, i) => (i === axis ? total : length)),
    };
  },
  evaluate(inputs, out, { axis }) {
    const data = allocate(out.dtype, sizeOf(out.shape));
    const own = strides(out.shape);
    let offset = 0;
    for (const x of inputs) {
      writeStrided(x, data, own, offset);
      offset += (x.shape[axis] as number) * (own[axis] as number);
    }
    return { ...out, data };
  },
  jvp: (tangents, primals, _y, params) =>
    concatAlong(
      primals.map((x, i) => tangents[i] ?? broadcast([scalar(0, x.dtype)], { shape: x.shape })),
      params,
    ),
  transpose(yBar, inputs, { axis }) {
    let at = 0;
    return inputs.map((x): Tangent => {
      const start = yBar.shape.map((_, i) => (i === axis ? at : 0));
      at += x.shape[axis] as number;
      return x instanceof Tensor
        ? null
        : sliceOf([yBar], { start, step: start.map(() => 1), shape: x.shape });
    });
  },
  batch: (inputs, mapped, size, { axis }) =>
    concatAlong(
      inputs.map((x, i) => (mapped[i] ? x : broadcast([x], { shape: [size, ...x.shape] }))),
      { axis: axis + 1 },
    ),
});
export const concatPrimitive: Primitive = concatAlong.primitive;

/** Joins tensors end to end along `axis`; the other axes must agree. */
export function concat(xs: readonly TensorLike[], axis = 0): Tensor {
  if (!Array.isArray(xs) || xs.length === 0)
    throw new TypeError("concat: expected a non-empty array of tensors");
  const inputs = promote("concat", xs, false);
  return concatAlong(inputs, {
    axis: normalizeAxis("concat", axis, (inputs[0] as Tensor).shape.length),
  });
}
