/**
 * What is asked of arguments before anything is computed. Each error names the operation, what it expected, what it
 * got and what to do.
 */
import { Tensor } from "@cotangent/autodiff";

/** Which options there are, all of them: true where one has to be given. */
export type OptionNames<O> = { readonly [name in keyof Required<O>]: boolean };

/** What was given, in a few words: `f64[2,3]`, a number, or what kind of thing it is. */
export function told(value: unknown): string {
  if (value instanceof Tensor) return `${value.dtype}[${value.shape}]`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Throws unless `options` are an object that has what it must have, and nothing that it cannot have. */
export function requireOptions<O extends object>(
  operation: string,
  options: O,
  names: OptionNames<O>,
): void {
  const all = Object.keys(names) as (keyof O & string)[];
  const listed = all.map((name) => (names[name] ? name : `${name}?`)).join(", ");
  if (typeof options !== "object" || options === null || options instanceof Tensor)
    throw new Error(`${operation}: expected options { ${listed} }, got ${told(options)}`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined)
    throw new Error(
      `${operation}: expected no options but ${all.join(", ")}, got ${unknown}; take it out, or correct its name`,
    );
  const missing = all.find((name) => names[name] && options[name] === undefined);
  if (missing !== undefined)
    throw new Error(
      `${operation}: expected the option ${missing}, got none; it takes { ${listed} }`,
    );
}

/** Throws unless `value` is an object with these functions. */
export function requireMethods(
  operation: string,
  name: string,
  value: unknown,
  methods: readonly string[],
  example: string,
): void {
  const found = Object(value) as Readonly<Record<string, unknown>>;
  const missing = methods.find((method) => typeof found[method] !== "function");
  if (missing === undefined) return;
  const got = typeof value === "object" && value !== null ? `one without ${missing}` : told(value);
  const functions = `the function${methods.length > 1 ? "s" : ""} ${methods.join(" and ")}`;
  throw new Error(
    `${operation}: expected ${name} to be an object with ${functions}, such as ${example}, got ${got}`,
  );
}

/** Throws unless `value` is a function, or absent. */
export function requireFunction(operation: string, name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new Error(`${operation}: expected ${name} to be a function, got ${told(value)}`);
}

/** Throws unless `value` is a tensor of rows. */
export function requireRows(operation: string, name: string, value: unknown): void {
  if (value instanceof Tensor && value.shape.length > 0) return;
  throw new Error(
    `${operation}: expected ${name} to be a tensor [rows, …], got ${told(value)}; make one with tensor([[…], …])`,
  );
}
