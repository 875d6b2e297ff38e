// Reductions and scans along axes: sum, max, argmax, cumsum and argsort.
//
// A tie of max shares the derivative evenly: ẏ = Σ_{i: xᵢ = y} ẋᵢ / #{i: xᵢ = y}.
import {
  type Axes,
  type NDArray,
  normalizeAxes,
  normalizeAxis,
  type Spec,
  sizeOf,
} from "../array.ts";
import { fail } from "../errors.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, type PrimitiveFunction, zeroTangent } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import {
  type AxesParams,
  batchAxes,
  linearMap,
  restoreAxes,
  sumOver,
  withoutAxes,
} from "./broadcast.ts";
import { astype, promote, toTensor } from "./cast.ts";
import { equal } from "./comparison.ts";
import { foldRows } from "./strided.ts";

/** `keepDims` leaves each reduced axis in place with length 1. */
export interface ReduceOptions {
  readonly keepDims?: boolean;
}

/** A reduction as an operation on normalised axes. */
function reduce(
  over: PrimitiveFunction<AxesParams>,
  x: Tensor,
  axes: Axes | undefined,
  options?: ReduceOptions,
): Tensor {
  const list = normalizeAxes(over.primitive.name, axes, x.shape.length);
  const y = list.length === 0 ? x : over([x], { axes: list });
  return options?.keepDims ? restoreAxes(y, x.shape, list) : y;
}

/** Σ x over `axes` (all by default); bool counts as i32. */
export function sum(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = toTensor("sum", x);
  return reduce(sumOver, from.dtype === "bool" ? astype(from, "i32") : from, axes, options);
}

/** The shape of a reduction that needs at least one element. */
function nonEmpty(name: string, x: Spec, params: AxesParams): Spec {
  if (params.axes.some((axis) => x.shape[axis] === 0))
    throw fail`${name}: ${x} has no elements along axes ${params.axes}, expected at least one; the result is undefined`;
  return { dtype: x.dtype, shape: withoutAxes(x, params) };
}

export const maxOver: PrimitiveFunction<AxesParams> = primitive({
  name: "max",
  shape: ([x], params) => nonEmpty("max", x!, params),
  evaluate: ([x], out, { axes }) =>
    foldRows(x!, axes, out, (data, start, end) => {
      let best = data[start]!;
      for (let i = start; i < end; i++) best = Math.max(best, data[i]!);
      return best;
    }),
  jvp([xDot], [x], y, { axes }) {
    const ties = astype(equal(x!, restoreAxes(y, x!.shape, axes)), x!.dtype);
    const count = restoreAxes(sumOver([ties], { axes }), x!.shape, axes);
    return sumOver([mul(xDot!, div(ties, count))], { axes });
  },
  transpose: notLinear("max"),
  batch: (inputs, _mapped, _size, params) => maxOver(inputs, batchAxes(params)),
});

/** The largest element over `axes` (all by default); throws when there is none. */
export const max = (x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor =>
  reduce(maxOver, toTensor("max", x), axes, options);

export const argmaxOver: PrimitiveFunction<AxesParams> = primitive({
  name: "argmax",
  shape: ([x], params) => ({ ...nonEmpty("argmax", x!, params), dtype: "i32" }),
  evaluate: ([x], out, { axes }) =>
    foldRows(x!, axes, out, (data, start, end) => {
      let best = start;
      for (let i = start; i < end; i++)
        if (data[i]! > data[best]! || (Number.isNaN(data[i]) && !Number.isNaN(data[best])))
          best = i;
      return best - start;
    }),
  jvp: zeroTangent,
  transpose: notLinear("argmax"),
  batch: (inputs, _mapped, _size, params) => argmaxOver(inputs, batchAxes(params)),
});

/** The index (i32) of the first largest element along `axis`; a NaN counts as the largest. */
export const argmax = (x: TensorLike, axis = -1): Tensor =>
  reduce(argmaxOver, toTensor("argmax", x), [axis]);

interface ScanParams {
  readonly axis: number;
  readonly reverse: boolean;
}
export const scan: PrimitiveFunction<ScanParams> = linearMap<ScanParams>({
  name: "cumsum",
  shape: ({ shape }) => shape,
  evaluate(x, out, { axis, reverse }) {
    const data = x.data.slice();
    const inner = sizeOf(out.shape.slice(axis + 1));
    const block = out.shape[axis]! * inner;
    const step = reverse ? -inner : inner;
    for (let k = 0; k < data.length; k++) {
      const i = reverse ? data.length - 1 - k : k;
      const isFirst = Math.floor((i - step) / block) !== Math.floor(i / block);
      if (!isFirst) data[i]! += data[i - step]!;
    }
    return { ...out, data };
  },
  transpose: (yBar, _x, { axis, reverse }) => scan([yBar], { axis, reverse: !reverse }),
  batch: ({ axis, reverse }) => ({ axis: axis + 1, reverse }),
});

/** yᵢ = Σ_{j ≤ i} xⱼ along `axis`. */
export function cumsum(x: TensorLike, axis = -1): Tensor {
  const [from] = promote("cumsum", [x], "number") as [Tensor];
  return scan([from], { axis: normalizeAxis("cumsum", axis, from.shape.length), reverse: false });
}

/** Ascending, NaN last. */
const compare = (a: number, b: number) =>
  (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0) || a - b;

export const argsortLast: PrimitiveFunction<object> = primitive({
  name: "argsort",
  shape: ([x]) => ({ dtype: "i32", shape: x!.shape }),
  evaluate([x], { dtype, shape }) {
    const { data: from } = x as NDArray;
    const data = Int32Array.from(from, (_, i) => i % shape.at(-1)!);
    for (let start = 0; start < data.length; start += shape.at(-1)!)
      data
        .subarray(start, start + shape.at(-1)!)
        .sort((i, j) => compare(from[start + i]!, from[start + j]!) || i - j);
    return { dtype, shape, data };
  },
  jvp: zeroTangent,
  transpose: notLinear("argsort"),
  batch: (inputs) => argsortLast(inputs, {}),
});
