// Arrays of Bigs, addressed by their whole index: slow, plain, and without the engine's strides.
//
//   element(x, [i0, i1, …]) = x.data[((i0·d1) + i1)·d2 + …]
import type { DType, Shape } from "@cotangent/autodiff/functions";
import type { Big } from "./big.ts";

export interface BigArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: readonly Big[];
}

/** Every index of a shape, in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  let all: number[][] = [[]];
  for (const length of shape)
    all = all.flatMap((head) => Array.from({ length }, (_, i) => [...head, i]));
  return all;
}

/** The row-major position of an index. */
export const positionOf = (shape: Shape, index: readonly number[]): number =>
  shape.reduce((at, length, axis) => at * length + index[axis]!, 0);

export const elementAt = (x: BigArray, index: readonly number[]): Big =>
  x.data[positionOf(x.shape, index)]!;

/** The element that broadcasting puts at `index`: aligned at the last axes, axes of length 1 repeat. */
export function broadcastAt(x: BigArray, index: readonly number[]): Big {
  const own = index.slice(index.length - x.shape.length);
  return elementAt(
    x,
    own.map((i, axis) => (x.shape[axis] === 1 ? 0 : i)),
  );
}

/** The array whose element at an index is `f(index)`, row-major. */
export const build = (shape: Shape, f: (index: number[]) => Big): Big[] => indicesOf(shape).map(f);
