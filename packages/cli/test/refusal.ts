/** What a refusal is: one sentence that says what is wrong and where, and every file as it was. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { contents, cotangent, succeed, temporaryFolder } from "./command.ts";
import { csv, measurements } from "./measurements.ts";

/** What a file of tests of refusals works in. */
export interface RefusalSite {
  readonly folder: string;
  /** A path in the folder. */
  readonly at: (name: string) => string;
  readonly refuses: (argv: readonly string[], code: number, sentence: RegExp) => Promise<void>;
}

/** A training so small that it takes no time. */
export const tiny: readonly string[] = ["--steps", "2", "--batch", "16", "--hidden", "4"];

/** A folder with table.csv, and with a run of it for each name, trained with those options. */
export function refusalSite(runs: { readonly [name: string]: readonly string[] }): RefusalSite {
  const folder = temporaryFolder(afterAll);
  const at = (name: string): string => join(folder, name);
  beforeAll(async () => {
    writeFileSync(at("table.csv"), csv(measurements(60)));
    for (const [name, options] of Object.entries(runs))
      await succeed("train", at("table.csv"), ...tiny, ...options, "--out", at(name));
  }, 60_000);
  return { folder, at, refuses: (...given) => expectRefusal(folder, ...given) };
}

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
