// Between flat row-major arrays and what gpu.js takes and gives.
//
//   [rows, columns] here is size [columns, rows] there; results come back as rows
import { formatShape, sizeOf } from "../errors.ts";
import type { Shape } from "../template.ts";

/** What stands for a matrix or vector while a pipeline is recorded. */
export interface Value {
  readonly shape: Shape;
  /** gpu.js's handle: opaque. */
  readonly handle: unknown;
}

/** gpu.js's order of dimensions. */
export const sizeFor = (shape: Shape): readonly number[] => shape.toReversed();

/** Throws unless `values` has the length of `shape`. */
export function requireLength(
  operation: string,
  name: string,
  values: Float32Array | undefined,
  shape: Shape,
): Float32Array {
  if (values instanceof Float32Array && values.length === sizeOf(shape)) return values;
  const got = values instanceof Float32Array ? `${values.length} values` : typeof values;
  throw new TypeError(
    `${operation}: expected ${name} ${formatShape(shape)} as a Float32Array of ${sizeOf(shape)} values in row-major order, got ${got}`,
  );
}

/** A result of gpu.js, one row after another. */
export function flatten(operation: string, result: unknown, shape: Shape): Float32Array {
  const flat = new Float32Array(sizeOf(shape));
  const rows = shape.length === 1 ? [result] : result;
  const columns = shape.at(-1) ?? 0;
  if (!Array.isArray(rows) || rows.length !== flat.length / columns)
    throw unexpected(operation, shape);
  for (const [i, row] of rows.entries()) {
    if (!(row instanceof Float32Array) || row.length !== columns)
      throw unexpected(operation, shape);
    flat.set(row, i * columns);
  }
  return flat;
}

function unexpected(operation: string, shape: Shape): TypeError {
  return new TypeError(
    `${operation}: expected a result ${formatShape(shape)} from gpu.js, got another shape; this package knows gpu.js 2.24`,
  );
}
