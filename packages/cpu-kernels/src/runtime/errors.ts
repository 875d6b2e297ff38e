// Errors name the operation, what it expected, what it got and what to do.
import type { Spec } from "@cotangent/autodiff";

/** `f64[3,2]` */
export const formatSpec = ({ dtype, shape }: Spec): string => `${dtype}[${shape}]`;

/** `compile: …` as the TypeError that the engine's own misuses are. */
export const compileError = (message: string): TypeError => new TypeError(`compile: ${message}`);

/** A value in an error: strings in quotes. */
export const told = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);

/** Throws unless `options` are an object with no names but these. */
export function requireOptions(what: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const got = Array.isArray(options) ? "an array" : options === null ? "null" : typeof options;
    throw compileError(`expected ${what} as an object of ${names.join(", ")}, got ${got}`);
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw compileError(
      `expected no ${what} but ${names.join(", ")}, got ${unknown}; take it out, or correct its name`,
    );
}
