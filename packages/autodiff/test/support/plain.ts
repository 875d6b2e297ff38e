// Arrays as functions of an index: what closed forms are written in, apart from the engine's own loops.
import type { Shape, Tensor } from "@cotangent/autodiff";

export interface Plain {
  readonly shape: Shape;
  /** Row-major elements; 0 and 1 for booleans. */
  readonly data: readonly number[];
  at(...index: number[]): number;
}

/** Every index of a shape, in row-major order. */
export function indices(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (heads, length) => heads.flatMap((head) => Array.from({ length }, (_, i) => [...head, i])),
    [[]],
  );
}

export function fromData(shape: Shape, data: readonly number[]): Plain {
  return {
    shape,
    data,
    at: (...index) =>
      data[index.reduce((at, i, axis) => at * (shape[axis] ?? 1) + i, 0)] ?? Number.NaN,
  };
}

export const plain = (x: Tensor): Plain => fromData(x.shape, Array.from(x.data));

/** The array whose element at an index is `f(...index)`. */
export const build = (shape: Shape, f: (...index: number[]) => number): Plain =>
  fromData(
    shape,
    indices(shape).map((index) => f(...index)),
  );

/** The element that broadcasting puts at `index`: aligned at the last axes, axes of length 1 repeat. */
export const broadcastAt = (x: Plain, index: readonly number[]): number =>
  x.at(
    ...x.shape.map((length, axis) =>
      length === 1 ? 0 : (index[index.length - x.shape.length + axis] ?? 0),
    ),
  );

export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    return left === 1 ? right : left;
  });
}

export const sumOf = (count: number, term: (i: number) => number): number =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((total, x) => total + x, 0);
