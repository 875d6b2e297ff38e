// Projection directions of sliced score matching: v with E[vvᵀ] = I.
//
//   E[vᵀJv] = tr(J E[vvᵀ]) = tr J
//
// Directions of length 1 instead of √d would scale the trace by 1/d: a known mistake of published code.
import type { Shape, Tensor } from "@cotangent/autodiff";
import { type FloatDType, formatShape } from "../preconditions.ts";

/** Options of a draw. */
export interface ProjectionOptions {
  /** Element type of the draw (default f64). */
  readonly dtype?: FloatDType;
}

/** Draws directions v: [M, B, d], M slices of B samples, with E[vvᵀ] = I for each. */
export type Projection = (key: Tensor, shape: Shape, options?: ProjectionOptions) => Tensor;

/** Reads the shape [M, B, d]; throws unless there is at least one slice. */
export function requireSlices(
  operation: string,
  shape: Shape,
): readonly [slices: number, batch: number, d: number] {
  const [slices, batch, d] = shape;
  if (shape.length !== 3 || slices === undefined || batch === undefined || d === undefined)
    throw new TypeError(
      `${operation}: expected a shape [M, B, d], got ${formatShape(shape)}; one slice is [1, B, d]`,
    );
  if (slices < 1 || batch < 1 || d < 1)
    throw new RangeError(
      `${operation}: expected M, B, d ≥ 1, got ${formatShape(shape)}; draw at least one direction per sample`,
    );
  return [slices, batch, d];
}
