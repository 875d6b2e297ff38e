// What every objective, kernel and projection asks of its arguments before it computes.
//
// Shapes are static, so these checks cost nothing in a traced graph. Each error names the operation,
// what it expected, what it got, and what to do.
import { type Shape, Tensor } from "@cotangent/autodiff";

/** `[256, 3]` */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** What was given, in a few words: `f64[2, 3]`, or its type where it is no tensor. */
const formatValue = (x: unknown): string => {
  if (x instanceof Tensor) return `${x.dtype}${formatShape(x.shape)}`;
  return Array.isArray(x) ? "a list" : x === null ? "null" : typeof x;
};
const formatNumber = (x: unknown): string => (typeof x === "string" ? `"${x}"` : String(x));

/** Returns `options` if they are an object with no names but these; throws a TypeError otherwise. */
export function requireOptions<T>(
  operation: string,
  options: T,
  example: string,
  names: readonly (keyof T & string)[],
): T {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(
      `${operation}: expected options such as ${example}, got ${formatValue(options)}`,
    );
  const unknown = Object.keys(options).find((name) => !names.includes(name as keyof T & string));
  if (unknown === undefined) return options;
  throw new TypeError(
    `${operation}: expected no options but ${names.join(", ")}, got ${unknown}; take it out, or correct its name`,
  );
}

/** Throws a TypeError unless `f` is a function. */
export function requireFunction(operation: string, name: string, f: unknown): void {
  if (typeof f === "function") return;
  throw new TypeError(`${operation}: expected ${name} to be a function, got ${formatValue(f)}`);
}

/** Returns `value` if it is a finite number above zero; throws a RangeError otherwise. */
export function requirePositive(
  operation: string,
  name: string,
  value: number,
  remedy: string,
): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0)
    throw new RangeError(
      `${operation}: expected ${name} to be a finite number > 0, got ${formatNumber(value)}; ${remedy}`,
    );
  return value;
}

/** Returns `value` if it is a whole number ≥ 1; throws a RangeError otherwise. */
export function requireCount(
  operation: string,
  name: string,
  value: number,
  remedy: string,
): number {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(
      `${operation}: expected ${name} to be a whole number ≥ 1, got ${formatNumber(value)}; ${remedy}`,
    );
  return value;
}

/** The dtypes that samples and draws have. */
export type FloatDType = "f64" | "f32";

/** The dtype of x; throws a TypeError unless it is f64 or f32. */
export function requireFloat(operation: string, x: Tensor): FloatDType {
  if (x.dtype === "f64" || x.dtype === "f32") return x.dtype;
  throw new TypeError(
    `${operation}: expected x in f64 or f32, got ${x.dtype}${formatShape(x.shape)}; convert it with astype(x, "f64")`,
  );
}

/** Reads a minibatch's shape: `[B, d]`, one sample a row. */
export function requireBatch(operation: string, x: Tensor): readonly [batch: number, d: number] {
  const [batch, d, ...more] = x instanceof Tensor ? x.shape : [];
  if (more.length > 0 || batch === undefined || d === undefined)
    throw new TypeError(
      `${operation}: expected x to be a minibatch [B, d], one sample a row, got ${formatValue(x)}; ${x instanceof Tensor ? "reshape it (one sample is [1, d])" : "make one with tensor([[…], …])"}`,
    );
  if (batch === 0 || d === 0)
    throw new RangeError(
      `${operation}: expected x [B, d] with at least one row and one column, got ${formatShape(x.shape)}; leave empty batches out`,
    );
  return [batch, d];
}

/** Throws unless `actual` has the shape `expected`. */
export function requireShape(
  operation: string,
  name: string,
  actual: Tensor,
  expected: Shape,
  remedy: string,
): Tensor {
  const got = actual instanceof Tensor ? formatShape(actual.shape) : formatValue(actual);
  if (got !== formatShape(expected))
    throw new TypeError(
      `${operation}: expected ${name} to be ${formatShape(expected)}, got ${got}; ${remedy}`,
    );
  return actual;
}
