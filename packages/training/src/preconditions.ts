/**
 * What is asked of arguments before anything is computed. Each error names the operation, what it expected and what it
 * got, and what to do where that is not plain from it.
 */
import { Tensor } from "@cotangent/autodiff";

/** Which options there are, all of them: true where one has to be given. */
export type OptionNames<O> = { readonly [name in keyof Required<O>]: boolean };

/** What was given, in a few words: `f64[2,3]`, a number, or what kind of thing it is. */
export function told(value: unknown): string {
  if (value instanceof Tensor) return `${value.dtype}[${value.shape}]`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  const { name = "Object" } = Object(value.constructor) as { name?: string };
  return { Array: "an array", Object: "an object" }[name] ?? `an object of class ${name}`;
}

/**
 * The options of these names, as an object of its own. Throws unless `options` are an object that has what it must have,
 * and nothing that it cannot have. What is undefined counts as left out.
 */
export function requireOptions<O extends object>(
  operation: string,
  options: O,
  names: OptionNames<O>,
): O {
  const all = Object.keys(names) as (keyof O & string)[];
  const listed = all.map((name) => (names[name] ? name : `${name}?`)).join(", ");
  const isObject = typeof options === "object" && options !== null;
  if (!isObject || Array.isArray(options) || options instanceof Tensor)
    throw new Error(`${operation}: expected options { ${listed} }, got ${told(options)}`);
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !Object.hasOwn(names, name),
  );
  if (unknown)
    throw new Error(
      `${operation}: expected no options but ${all.join(", ")}, got ${unknown[0]}; take it out, or correct its name`,
    );
  const missing = all.find((name) => names[name] && options[name] === undefined);
  if (missing !== undefined)
    throw new Error(
      `${operation}: expected the option ${missing}, got none; it takes { ${listed} }`,
    );
  return Object.fromEntries(all.map((name) => [name, options[name]])) as O;
}

/** Throws unless `value` is absent or passes `allowed`; `expected` says in words what that is. */
export function requireThat(
  operation: string,
  name: string,
  value: unknown,
  expected: string,
  allowed: (value: never) => boolean,
): void {
  if (value === undefined || allowed(value as never)) return;
  throw new Error(`${operation}: expected ${name} ${expected}, got ${told(value)}`);
}

/** Throws unless `value` is a number that passes `allowed`, or absent. */
export function requireNumber(
  operation: string,
  name: string,
  value: unknown,
  expected: string,
  allowed: (value: number) => boolean,
): void {
  requireThat(operation, name, value, expected, (x) => typeof x === "number" && allowed(x));
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
export const requireFunction = (operation: string, name: string, value: unknown): void =>
  requireThat(operation, name, value, "to be a function", (f) => typeof f === "function");

/** Throws unless `value` is true, false or absent. */
export const requireSwitch = (operation: string, name: string, value: unknown): void =>
  requireThat(operation, name, value, "to be true or false", (on) => typeof on === "boolean");

/** Throws unless `value` is a tensor of rows. */
export function requireRows(operation: string, name: string, value: unknown): void {
  if (value instanceof Tensor && value.shape.length > 0) return;
  throw new Error(
    `${operation}: expected ${name} to be a tensor [rows, …], got ${told(value)}; make one with tensor([[…], …])`,
  );
}
