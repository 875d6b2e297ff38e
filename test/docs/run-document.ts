/** Runs one Markdown file's code and reports on each of its blocks. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./documents.ts";
import { instrument } from "./instrument.ts";
import { record } from "./recording.ts";

/** What became of a block: nothing, or all that is wrong with it. */
export interface BlockResult {
  readonly line: number;
  readonly problems: readonly string[];
}

/** Runs all blocks of the document at `path` in order; a block that throws ends the run. */
export async function runDocument(path: string): Promise<BlockResult[]> {
  const file = relative(root, path);
  const { blocks, expectations } = instrument(readFileSync(path, "utf8"), file, "");
  const recording = record(file, expectations);
  let thrown: unknown;
  try {
    await import(/* @vite-ignore */ `${path}.ts`);
  } catch (error) {
    thrown = error ?? new Error("the block threw nothing");
  }
  const stopped = recording.block || blocks[0]?.line;
  return blocks.map(({ line, code }) => {
    const isHere = (at: number) => at >= line && at < line + code.length;
    const problems = [...recording.failures].flatMap(([at, text]) => (isHere(at) ? [text] : []));
    if (thrown !== undefined && line === stopped) problems.push(describe(thrown, file, line));
    if (thrown !== undefined && line > stopped!) {
      problems.push(`${file}:${line}: did not run, since the block at line ${stopped} threw`);
    }
    return { line, problems };
  });
}

/** The error, with the document's line when the stack knows it. */
function describe(thrown: unknown, file: string, line: number): string {
  const { message, stack = "" } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const at = /\.md\.ts:(\d+)/.exec(stack)?.[1] ?? line;
  return `${file}:${at}: threw ${message}`;
}
