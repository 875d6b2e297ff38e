// Parts of arrays: slice and flip read some elements, pad writes them into zeros.
//
//   slice(x)[i] = x[start + i·step];  pad is its transpose
import {
  type Axes,
  allocate,
  normalizeAxes,
  type Shape,
  sameShape,
  sizeOf,
  strides,
} from "../array.ts";
import { fail } from "../errors.ts";
import type { PrimitiveFunction } from "../primitive.ts";
import { Tensor, type TensorLike } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { linearMap } from "./broadcast.ts";
import { astype, toTensor } from "./cast.ts";
import { readStrided, writeStrided } from "./strided.ts";

interface SliceParams {
  readonly start: readonly number[];
  readonly step: readonly number[];
  readonly shape: Shape;
}
const batchSlice = ({ start, step, shape }: SliceParams, size: number): SliceParams => ({
  start: [0, ...start],
  step: [1, ...step],
  shape: [size, ...shape],
});

/** Steps and offset, in elements, of the part of an array that a slice names. */
function layout(whole: Shape, { start, step }: SliceParams): { steps: number[]; offset: number } {
  const own = strides(whole);
  const offset = own.reduce((at, stride, axis) => at + stride * start[axis]!, 0);
  return { steps: own.map((stride, axis) => stride * step[axis]!), offset };
}

export const sliceOf: PrimitiveFunction<SliceParams> = linearMap<SliceParams>({
  name: "slice",
  shape: (_x, { shape }) => shape,
  evaluate(x, out, params) {
    const { steps, offset } = layout(x.shape, params);
    return readStrided(x, out, steps, offset);
  },
  transpose: (yBar, { shape }, params) => padTo([yBar], { ...params, shape }),
  batch: batchSlice,
});

/** Writes x into zeros: element i along an axis lands at start + i·step. */
export const padTo: PrimitiveFunction<SliceParams> = linearMap<SliceParams>({
  name: "pad",
  shape: (_x, { shape }) => shape,
  evaluate(x, out, params) {
    const data = allocate(out.dtype, sizeOf(out.shape));
    const { steps, offset } = layout(out.shape, params);
    writeStrided(x, data, steps, offset);
    return { ...out, data };
  },
  transpose: (yBar, { shape }, params) => sliceOf([yBar], { ...params, shape }),
  batch: batchSlice,
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
  const bound = (given: number | null | undefined, length: number, otherwise: number) =>
    Math.min(Math.max((given ?? otherwise) + (given && given < 0 ? length : 0), 0), length);
  const starts = from.shape.map((length, axis) => bound(start[axis], length, 0));
  const steps = from.shape.map((_, axis) => step[axis] ?? 1);
  const isWhole = [...starts, ...steps, ...stop].every((n) => n === null || Number.isInteger(n));
  if (
    !isWhole ||
    steps.some((n) => n < 1) ||
    Math.max(start.length, stop.length, step.length) > starts.length
  )
    throw fail`slice: got start ${start}, stop ${stop}, step ${step} for ${from}; expected at most one whole number an axis and steps ≥ 1 (flip() reverses an axis)`;
  const shape = from.shape.map((length, axis) =>
    Math.max(0, Math.ceil((bound(stop[axis], length, length) - starts[axis]!) / steps[axis]!)),
  );
  if (sameShape(shape, from.shape)) return from;
  return sliceOf([from], { start: starts, step: steps, shape });
}

/** Reverses the order along `axes` (all by default). */
export function flip(x: TensorLike, axes?: Axes): Tensor {
  const from = toTensor("flip", x);
  const flipped = normalizeAxes("flip", axes, from.shape.length);
  const start = from.shape.map((length, axis) =>
    flipped.includes(axis) ? Math.max(0, length - 1) : 0,
  );
  const step = from.shape.map((_, axis) => (flipped.includes(axis) ? -1 : 1));
  return sliceOf([from], { start, step, shape: from.shape });
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
    !widths.flat().every((n) => Number.isInteger(n) && n >= 0)
  )
    throw fail`pad: expected one [low, high] pair of whole numbers ≥ 0 for each axis of ${from}, got ${widths}`;
  const shape = from.shape.map((length, axis) => length + widths[axis]![0] + widths[axis]![1]);
  const params = { start: widths.map(([low]) => low), step: shape.map(() => 1), shape };
  const padded = padTo([from], params);
  if (value === 0) return padded;
  const border = allocate(from.dtype, sizeOf(shape)).fill(value);
  const inside = { ...from, data: allocate(from.dtype, from.size) };
  const { steps, offset } = layout(shape, params);
  writeStrided(inside, border, steps, offset);
  return astype(add(padded, new Tensor(shape, from.dtype, border)), from.dtype);
}
