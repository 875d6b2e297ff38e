// Sizes and row-major strides of shapes.
import type { Shape } from "@cotangent/autodiff";

export type { Shape };

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

/** How far apart neighbours along each axis lie in row-major memory, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; step *= shape[axis--]!)
    strides[axis] = step;
  return strides;
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);
