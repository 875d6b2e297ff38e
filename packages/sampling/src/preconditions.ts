// What samplers ask of their arguments before they run.
//
// Each error names the operation, what it expected, what it got, and what to do.
import { type Shape, Tensor } from "@cotangent/autodiff";

const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

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

/** Throws a RangeError unless `value` is a finite number above zero. */
export function requirePositive(
  operation: string,
  name: string,
  value: number,
  remedy: string,
): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0)
    throw new RangeError(
      `${operation}: expected ${name} to be a finite number > 0, got ${formatNumber(value)}; ${remedy}`,
    );
}

/** Throws a RangeError unless `value` is a whole number ≥ 1. */
export function requireCount(operation: string, name: string, value: number, remedy: string): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(
      `${operation}: expected ${name} to be a whole number ≥ 1, got ${formatNumber(value)}; ${remedy}`,
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
  const [batch, d, ...more] = x instanceof Tensor ? x.shape : [];
  if (more.length > 0 || batch === undefined || d === undefined)
    throw new TypeError(
      `${operation}: expected x [B, d], one chain or sample a row, got ${formatValue(x)}; ${x instanceof Tensor ? "reshape it (one chain is [1, d])" : "make one with tensor([[…], …])"}`,
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
  const got = actual instanceof Tensor ? formatShape(actual.shape) : formatValue(actual);
  if (got !== formatShape(expected))
    throw new TypeError(
      `${operation}: expected ${name} to be ${formatShape(expected)}, got ${got}; return one value per row, shaped so`,
    );
  return actual;
}
