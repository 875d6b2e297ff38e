// Errors name the operation, what it expected, what it got and what to do.

/** Work that a device could not do: a missing backend, a silent fallback, a lost device. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}

/** `[3, 2]` */
export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** The message of anything thrown, on one line. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, " ").trim().replace(/\.$/, "");
}

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Throws a TypeError unless `options` is an object; example: one that is right, as text. */
export function requireOptions(operation: string, options: unknown, example: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  throw new TypeError(
    `${operation}: expected options as an object, e.g. ${example}, got ${inWords(options)}`,
  );
}

/** Throws a TypeError if `options` has others than these names; why: what to know of some that are asked for. */
export function requireNames(
  operation: string,
  options: object,
  names: readonly string[],
  why: Readonly<Record<string, string>> = {},
): void {
  const [unknown] = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(
    `${operation}: expected no options but ${names.join(", ")}, got ${unknown}; ${why[unknown] ?? "take it out, or correct its name"}`,
  );
}

/** Throws a TypeError unless `value` is one of `names`. */
export function requireOneOf(what: string, value: unknown, names: readonly string[]): void {
  if (names.includes(value as string)) return;
  throw new TypeError(`${what}, one of ${names.join(", ")}, got ${inWords(value)}`);
}

/** Throws a TypeError unless `device` is one: anything with its methods. */
export function requireDevice(operation: string, device: unknown): void {
  if (typeof (device as { readonly pipeline?: unknown } | undefined)?.pipeline === "function")
    return;
  throw new TypeError(
    `${operation}: expected a device first, got ${inWords(device)}; open one with await openDevice()`,
  );
}

function inWords(value: unknown): string {
  if (value instanceof Promise) return "a promise: await it";
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return value === null ? "null" : typeof value;
}
