// A misuse and what its error must say: the operation first, then what it got, expected, and the way out.
import { expect } from "vitest";

export interface Misuse {
  readonly what: string;
  readonly run: () => unknown;
  /** What the message begins with. */
  readonly operation: string;
  /** What the message must mention: got, expected, remedy. */
  readonly says: readonly RegExp[];
}

export const misuse = (
  what: string,
  run: () => unknown,
  operation: string,
  ...says: readonly RegExp[]
): Misuse => ({ what, run, operation, says });

/** Throws unless `run` throws one line that begins with the operation and matches all patterns. */
export function expectError({ run, operation, says }: Misuse): void {
  let message = "";
  try {
    run();
  } catch (error) {
    if (error instanceof Error) message = error.message;
  }
  expect(message, "no error was thrown").not.toBe("");
  expect(message).not.toContain("\n");
  expect(message.startsWith(`${operation}:`), `"${message}" begins with ${operation}:`).toBe(true);
  for (const part of says) expect(message).toMatch(part);
}
