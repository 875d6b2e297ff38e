// Reductions and scans along axes: sum, max, argmax, cumsum and argsort.
//
// A tie of max shares the derivative evenly: ẏ = Σ_{i: xᵢ = y} ẋᵢ / #{i: xᵢ = y}.
import {
  allocate,
  formatSpec,
  normalizeAxes,
  normalizeAxis,
  type NDArray,
  type Spec,
  sizeOf,
} from "../array.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, zeroTangent, type Primitive, type PrimitiveFunction } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { linear, restoreAxes, sumOver, withoutAxes } from "./broadcast.ts";
import { astype, toTensor } from "./cast.ts";
import { equal } from "./comparison.ts";
import { aroundAxis, asRows } from "./strided.ts";

export type Axes = number | readonly number[];
/** `keepDims` leaves each reduced axis in place with length 1. */
export interface ReduceOptions {
  readonly keepDims?: boolean;
}

const keep = (y: Tensor, x: Tensor, axes: readonly number[], options: ReduceOptions | undefined) =>
  options?.keepDims ? restoreAxes(y, x.shape, axes) : y;

/** Σ x over `axes` (all by default); bool counts as i32. */
export function sum(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const given = toTensor("sum", x);
  const from = given.dtype === "bool" ? astype(given, "i32") : given;
  const over = normalizeAxes("sum", axes, from.shape.length);
  return keep(over.length === 0 ? from : sumOver([from], { axes: over }), from, over, options);
}

const maxOver: PrimitiveFunction<{ axes: readonly number[] }> = primitive({
  name: "max",
  shape([x], { axes }) {
    const { dtype, shape } = x as Spec;
    if (axes.some((axis) => shape[axis] === 0))
      throw new RangeError(
        `max: ${formatSpec({ dtype, shape })} has no elements along axes [${axes}]; the maximum of nothing is undefined`,
      );
    return { dtype, shape: withoutAxes(shape, axes) };
  },
  evaluate([x], out, { axes }) {
    const { data, length } = asRows(x as NDArray, axes);
    const result = allocate(out.dtype, sizeOf(out.shape));
    for (let row = 0; row < result.length; row++) {
      let best = data[row * length] as number;
      for (let i = row * length + 1; i < (row + 1) * length; i++)
        best = Math.max(best, data[i] as number);
      result[row] = best;
    }
    return { ...out, data: result };
  },
  jvp([xDot], [x], y, { axes }) {
    const [primal, tangent] = [x as Tensor, xDot as Tensor];
    const ties = astype(equal(primal, restoreAxes(y, primal.shape, axes)), primal.dtype);
    const count = restoreAxes(sumOver([ties], { axes }), primal.shape, axes);
    return sumOver([mul(tangent, div(ties, count))], { axes });
  },
  transpose: notLinear("max"),
  batch: (inputs, _mapped, _size, { axes }) =>
    maxOver(inputs, { axes: axes.map((axis) => axis + 1) }),
});
export const maxPrimitive: Primitive = maxOver.primitive;

/** The largest element over `axes` (all by default); throws when there is none. */
export function max(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = toTensor("max", x);
  const over = normalizeAxes("max", axes, from.shape.length);
  return keep(over.length === 0 ? from : maxOver([from], { axes: over }), from, over, options);
}

const argmaxOver: PrimitiveFunction<{ axis: number }> = primitive({
  name: "argmax",
  shape([x], { axis }) {
    const { dtype, shape } = x as Spec;
    if (shape[axis] === 0)
      throw new RangeError(
        `argmax: ${formatSpec({ dtype, shape })} has no elements along axis ${axis}`,
      );
    return { dtype: "i32", shape: withoutAxes(shape, [axis]) };
  },
  evaluate([x], out, { axis }) {
    const { data, length } = asRows(x as NDArray, [axis]);
    const result = allocate(out.dtype, sizeOf(out.shape));
    for (let row = 0; row < result.length; row++) {
      let best = 0;
      for (let i = 1; i < length; i++)
        if ((data[row * length + i] as number) > (data[row * length + best] as number)) best = i;
      result[row] = best;
    }
    return { ...out, data: result };
  },
  jvp: zeroTangent,
  transpose: notLinear("argmax"),
  batch: (inputs, _mapped, _size, { axis }) => argmaxOver(inputs, { axis: axis + 1 }),
});
export const argmaxPrimitive: Primitive = argmaxOver.primitive;

/** The index (i32) of the first largest element along `axis`. */
export function argmax(x: TensorLike, axis = -1): Tensor {
  const from = toTensor("argmax", x);
  return argmaxOver([from], { axis: normalizeAxis("argmax", axis, from.shape.length) });
}

const scan: PrimitiveFunction<{ axis: number; reverse: boolean }> = primitive({
  name: "cumsum",
  shape: ([x]) => x as Spec,
  evaluate([x], { dtype, shape }, { axis, reverse }) {
    const from = (x as NDArray).data;
    const { outer, length, inner } = aroundAxis(shape, axis);
    const data = allocate(dtype, from.length);
    for (let o = 0; o < outer; o++)
      for (let j = 0; j < inner; j++) {
        let total = 0;
        for (let i = 0; i < length; i++) {
          const at = (o * length + (reverse ? length - 1 - i : i)) * inner + j;
          total += from[at] as number;
          data[at] = total;
        }
      }
    return { dtype, shape, data };
  },
  jvp: linear((inputs, params) => scan(inputs, params)),
  transpose: (yBar, _inputs, { axis, reverse }) => [scan([yBar], { axis, reverse: !reverse })],
  batch: (inputs, _mapped, _size, { axis, reverse }) => scan(inputs, { axis: axis + 1, reverse }),
});
export const cumsumPrimitive: Primitive = scan.primitive;

/** yᵢ = Σ_{j ≤ i} xⱼ along `axis`. */
export function cumsum(x: TensorLike, axis = -1): Tensor {
  const from = toTensor("cumsum", x);
  return scan([from], { axis: normalizeAxis("cumsum", axis, from.shape.length), reverse: false });
}

const sortIndices: PrimitiveFunction<object> = primitive({
  name: "argsort",
  shape: ([x]) => ({ dtype: "i32", shape: (x as Spec).shape }),
  evaluate([x], { dtype, shape }) {
    const { data } = x as NDArray;
    const length = shape[shape.length - 1] as number;
    const result = new Int32Array(data.length);
    const order = (a: number, b: number) =>
      a < b ? -1 : a > b ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    for (let start = 0; start < data.length; start += length) {
      const row = Array.from({ length }, (_, i) => i);
      row.sort((i, j) => order(data[start + i] as number, data[start + j] as number));
      result.set(row, start);
    }
    return { dtype, shape, data: result };
  },
  jvp: zeroTangent,
  transpose: notLinear("argsort"),
  batch: (inputs) => sortIndices(inputs, {}),
});
export const argsortPrimitive: Primitive = sortIndices.primitive;
/** Indices (i32) that sort the last axis ascending; stable, NaN last. */
export const argsortLast = (x: Tensor): Tensor => sortIndices([x], {});
