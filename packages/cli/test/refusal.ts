/** What a refusal is: one sentence that says what is wrong and where, and every file as it was. */
import { expect } from "vitest";
import { contents, cotangent } from "./command.ts";

/** Runs the command and expects one sentence, no output, the code, and each file under `folder` as before. */
export async function expectRefusal(
  folder: string,
  argv: readonly string[],
  code: number,
  sentence: RegExp,
): Promise<void> {
  const before = contents(folder);
  const outcome = await cotangent(...argv);
  const [first, ...rest] = outcome.notes.trimEnd().split("\n");
  expect(first).toMatch(/^cotangent: /);
  expect(first).toMatch(sentence);
  // Where the arguments are wrong, hints in parentheses may follow.
  const hint = /^\((Did you mean|add --help) /;
  expect(rest.filter((line) => code !== 2 || !hint.test(line))).toEqual([]);
  expect(outcome.code).toBe(code);
  expect(outcome.out).toBe("");
  expect(contents(folder)).toEqual(before);
}
