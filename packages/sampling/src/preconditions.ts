// What samplers ask of their arguments before they run.
//
// Each error names the operation, what it expected, what it got, and what to do.
import type { Shape, Tensor } from "@cotangent/autodiff";

const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Throws a RangeError unless `value` is a finite number above zero. */
export function requirePositive(
  operation: string,
  name: string,
  value: number,
  remedy: string,
): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0)
    throw new RangeError(
      `${operation}: expected ${name} to be a finite number > 0, got ${value}; ${remedy}`,
    );
}

/** Throws a RangeError unless `value` is a whole number ≥ 1. */
export function requireCount(operation: string, name: string, value: number, remedy: string): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(
      `${operation}: expected ${name} to be a whole number ≥ 1, got ${value}; ${remedy}`,
    );
}

/** The dtype of x; throws a TypeError unless it is f64 or f32. */
export function requireFloat(operation: string, x: Tensor): "f64" | "f32" {
  if (x.dtype === "f64" || x.dtype === "f32") return x.dtype;
  throw new TypeError(
    `${operation}: expected x in f64 or f32, got ${x.dtype}${formatShape(x.shape)}; convert it with astype(x, "f64")`,
  );
}

/** Reads the shape of a set of chains: `[B, d]`, one chain a row. */
export function requireChains(operation: string, x: Tensor): readonly [batch: number, d: number] {
  const [batch, d] = x.shape;
  if (x.shape.length !== 2 || batch === undefined || d === undefined)
    throw new TypeError(
      `${operation}: expected x [B, d], one chain or sample a row, got ${x.dtype}${formatShape(x.shape)}; reshape it (one chain is [1, d])`,
    );
  return [batch, d];
}

/** Throws unless `actual` has the shape `expected`. */
export function requireShape(
  operation: string,
  name: string,
  actual: Tensor,
  expected: Shape,
): Tensor {
  if (actual.shape.join() !== expected.join())
    throw new TypeError(
      `${operation}: expected ${name} to be ${formatShape(expected)}, got ${formatShape(actual.shape)}; return one value per row, shaped so`,
    );
  return actual;
}
