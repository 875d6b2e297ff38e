// A misuse and what its error must say: the operation first, then what it got, expected, and the way out.
import { describe, expect, test } from "vitest";

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
function expectError({ run, operation, says }: Misuse): void {
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

/** One test a misuse. */
export function testMisuses(about: string, table: readonly Misuse[]): void {
  describe(`errors about ${about} name operation, got, expected and remedy`, () => {
    test.each(table.map((row) => [row.what, row] as const))("%s", (_what, row) => expectError(row));
  });
}
