// Reductions composed of others: mean, min, prod, logsumexp and what rests on them.
import { formatSpec, normalizeAxes, sizeOf } from "../array.ts";
import { add, div, mul, neg, sub } from "../primitives/arithmetic.ts";
import { promote, toTensor } from "../primitives/cast.ts";
import { equal, where } from "../primitives/comparison.ts";
import { exp, log, sqrt } from "../primitives/elementwise.ts";
import { type Axes, max, type ReduceOptions, sum } from "../primitives/reduction.ts";
import { concat, permute, reshape, slice } from "../primitives/shape.ts";
import { stopGradient } from "../primitives/stop-gradient.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { square } from "./activations.ts";

const floating = (operation: string, x: TensorLike): Tensor =>
  promote(operation, [x], true)[0] as Tensor;
const countOver = (operation: string, x: Tensor, axes: Axes | undefined): number =>
  sizeOf(normalizeAxes(operation, axes, x.shape.length).map((axis) => x.shape[axis] as number));

/** The arithmetic mean over `axes`; throws when there is nothing to average. */
export function mean(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = floating("mean", x);
  const count = countOver("mean", from, axes);
  if (count === 0)
    throw new RangeError(
      `mean: ${formatSpec(from)} has no elements along the axes; the mean of nothing is undefined`,
    );
  return div(sum(from, axes, options), count);
}

/** The smallest element over `axes`. */
export const min = (x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor =>
  neg(max(neg(x), axes, options));

/** Σ (x − mean)² / (n − correction) over `axes`; `correction` 1 gives the unbiased estimate. */
export function variance(
  x: TensorLike,
  axes?: Axes,
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor {
  const { correction = 0 } = options;
  const from = floating("variance", x);
  const freedom = countOver("variance", from, axes) - correction;
  if (freedom <= 0)
    throw new RangeError(
      `variance: needs more than ${correction} element(s) along the axes of ${formatSpec(from)}`,
    );
  return div(sum(square(sub(from, mean(from, axes, { keepDims: true }))), axes, options), freedom);
}

/** √Σ x² over `axes`; its gradient at 0 is 0. */
export function norm(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const squares = sum(square(floating("norm", x)), axes, options);
  const isZero = equal(squares, 0);
  return where(isZero, 0, sqrt(where(isZero, 1, squares)));
}

/** Π x over `axes`, by halving: right derivatives of every order, zero factors included. */
export function prod(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = toTensor("prod", x);
  const over = normalizeAxes("prod", axes, from.shape.length);
  const kept = from.shape.flatMap((_, axis) => (over.includes(axis) ? [] : [axis]));
  const shape = kept.map((axis) => from.shape[axis] as number);
  let factors = reshape(permute(from, [...over, ...kept]), [
    countOver("prod", from, axes),
    ...shape,
  ]);
  while ((factors.shape[0] as number) > 1) {
    const count = factors.shape[0] as number;
    const half = count >> 1;
    const product = mul(slice(factors, [0], [half]), slice(factors, [half], [2 * half]));
    factors = count % 2 === 0 ? product : concat([product, slice(factors, [2 * half])]);
  }
  const one =
    (factors.shape[0] as number) === 0 ? add(sum(factors, 0), 1) : reshape(factors, shape);
  return options?.keepDims
    ? reshape(
        one,
        from.shape.map((length, axis) => (over.includes(axis) ? 1 : length)),
      )
    : one;
}

/** ln Σ eˣ over `axes`, shifted by the maximum so that nothing overflows. */
export function logsumexp(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = floating("logsumexp", x);
  const largest = stopGradient(max(from, axes, { keepDims: true }));
  const shift = where(equal(mul(largest, 0), 0), largest, 0);
  const total = log(sum(exp(sub(from, shift)), axes, options));
  return add(total, reshape(shift, total.shape));
}

/** ln softmax: x − logsumexp(x) along `axis`. */
export function logSoftmax(x: TensorLike, axis = -1): Tensor {
  const from = floating("logSoftmax", x);
  return sub(from, logsumexp(from, axis, { keepDims: true }));
}

/** eˣ / Σ eˣ along `axis`. */
export function softmax(x: TensorLike, axis = -1): Tensor {
  const from = floating("softmax", x);
  const e = exp(sub(from, stopGradient(max(from, axis, { keepDims: true }))));
  return div(e, sum(e, axis, { keepDims: true }));
}
