// Reductions composed of others: mean, min, prod, logsumexp and what rests on them.
import { type Axes, normalizeAxes, sizeOf } from "../array.ts";
import { fail } from "../errors.ts";
import { add, div, mul, sub } from "../primitives/arithmetic.ts";
import { restoreAxes } from "../primitives/broadcast.ts";
import { floating, toTensor } from "../primitives/cast.ts";
import { equal, less, reversed, where } from "../primitives/comparison.ts";
import { abs, exp, log, sqrt } from "../primitives/elementwise.ts";
import { max, type ReduceOptions, sum } from "../primitives/reduction.ts";
import { concat, permute, reshape } from "../primitives/shape.ts";
import { slice } from "../primitives/slice.ts";
import { stopGradient } from "../primitives/stop-gradient.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { square } from "./activations.ts";
import { ones } from "./creation.ts";

const keepDims = { keepDims: true };

/** How many elements lie along the axes, less `missing`; throws unless some are left. */
function freedom(
  operation: string,
  given: TensorLike,
  axes: Axes | undefined,
  missing = 0,
): number {
  const x = toTensor(operation, given);
  const list = normalizeAxes(operation, axes, x.shape.length);
  const count = sizeOf(list.map((axis) => x.shape[axis]!)) - missing;
  if (count > 0) return count;
  throw fail`${operation}: ${x} has ${count + missing} element(s) along axes ${list}, expected at least ${missing === 0 ? "one" : missing + 1}; the result is undefined`;
}

/** The arithmetic mean over `axes`; throws when there is nothing to average. */
export function mean(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const count = freedom("mean", x, axes);
  return div(sum(floating("mean", x), axes, options), count);
}

/** The smallest element over `axes`. */
export function min(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  freedom("min", x, axes);
  return reversed(max(reversed(toTensor("min", x)), axes, options));
}

/** Σ (x − mean)² / (n − correction) over `axes`; `correction` 1 gives the unbiased estimate. */
export function variance(
  x: TensorLike,
  axes?: Axes,
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor {
  const count = freedom("variance", x, axes, options.correction);
  const deviation = sub(x, mean(x, axes, keepDims));
  return div(sum(square(deviation), axes, options), count);
}

/** √Σ x² over `axes`; its gradient at 0 is 0. Where squares would leave the range, x is scaled first. */
export function norm(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = floating("norm", x);
  const over = normalizeAxes("norm", axes, from.shape.length);
  const isEmpty = over.some((axis) => from.shape[axis] === 0);
  const largest = isEmpty ? ones([], from) : stopGradient(max(abs(from), over, keepDims));
  const size = abs(log(largest));
  const scale = where(less(size, 35), 1, where(less(size, Number.POSITIVE_INFINITY), largest, 1));
  const squares = sum(square(div(from, scale)), over, options);
  const isZero = equal(squares, 0);
  const y = where(isZero, 0, sqrt(where(isZero, 1, squares)));
  return mul(isEmpty ? scale : reshape(scale, y.shape), y);
}

/** Π x over `axes`, by halving: right derivatives of every order, zero factors included. */
export function prod(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  const from = toTensor("prod", x);
  const over = normalizeAxes("prod", axes, from.shape.length);
  const kept = [...from.shape.keys()].filter((axis) => !over.includes(axis));
  const shape = kept.map((axis) => from.shape[axis]!);
  const count = sizeOf(over.map((axis) => from.shape[axis]!));
  let factors = reshape(permute(from, [...over, ...kept]), [count, ...shape]);
  if (count === 0) factors = ones([1, ...shape], from);
  while (factors.shape[0]! > 1) {
    const half = factors.shape[0]! >> 1;
    const product = mul(slice(factors, [0], [half]), slice(factors, [half], [2 * half]));
    factors = concat([product, slice(factors, [2 * half])]);
  }
  const y = reshape(factors, shape);
  return options?.keepDims ? restoreAxes(y, from.shape, over) : y;
}

/** ln Σ eˣ over `axes`, shifted by the maximum so that nothing overflows. */
export function logsumexp(x: TensorLike, axes?: Axes, options?: ReduceOptions): Tensor {
  freedom("logsumexp", x, axes);
  const from = floating("logsumexp", x);
  const largest = stopGradient(max(from, axes, keepDims));
  const shift = where(equal(mul(largest, 0), 0), largest, 0);
  const total = log(sum(exp(sub(from, shift)), axes, options));
  return add(total, reshape(shift, total.shape));
}

/** ln softmax: x − logsumexp(x) along `axis`. */
export function logSoftmax(x: TensorLike, axis = -1): Tensor {
  freedom("logSoftmax", x, axis);
  return sub(x, logsumexp(x, axis, keepDims));
}

/** eˣ / Σ eˣ along `axis`. */
export function softmax(x: TensorLike, axis = -1): Tensor {
  freedom("softmax", x, axis);
  const from = floating("softmax", x);
  const weights = exp(sub(from, stopGradient(max(from, axis, keepDims))));
  return div(weights, sum(weights, axis, keepDims));
}
