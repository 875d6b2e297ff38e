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

/** Throws a TypeError unless `options` is an object with none but these names. example: one that is right, as text. */
export function requireOptions(
  operation: string,
  options: unknown,
  names: readonly string[],
  example: string,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new TypeError(
      `${operation}: expected options as an object, e.g. ${example}, got ${options === null ? "null" : typeof options === "string" ? JSON.stringify(options) : typeof options}`,
    );
  const unknown = Object.keys(options).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new TypeError(
      `${operation}: expected no options but ${names.join(", ")}, got ${unknown.join(", ")}; take it out, or correct its name`,
    );
}

/** Throws a TypeError unless `device` is one: anything with its methods. */
export function requireDevice(operation: string, device: unknown): void {
  if (typeof (device as { readonly pipeline?: unknown } | undefined)?.pipeline === "function")
    return;
  throw new TypeError(
    `${operation}: expected a device first, got ${device instanceof Promise ? "a promise of one" : device === null ? "null" : typeof device}; open one with await openDevice()`,
  );
}
