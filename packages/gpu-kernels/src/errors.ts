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
