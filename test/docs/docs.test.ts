import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { documents, root } from "./documents.ts";
import { codeBlocks, isExecuted } from "./markdown.mjs";
import { type BlockResult, runDocument } from "./run-document.ts";

test("the README is among the documents that run", () => {
  expect(documents()).toContain(join(root, "README.md"));
});

for (const path of documents()) {
  const file = relative(root, path);
  const blocks = codeBlocks(readFileSync(path, "utf8"), file).filter(isExecuted);
  describe.skipIf(blocks.length === 0)(file, () => {
    let results: BlockResult[] = [];
    beforeAll(async () => {
      results = await runDocument(path);
    }, 300_000);
    for (const { line } of blocks) {
      test(`the code at line ${line} runs and gives what it says`, () => {
        const problems = results.find((result) => result.line === line)?.problems ?? [
          "did not run",
        ];
        if (problems.length > 0) throw documentError(problems, path, line);
      });
    }
  });
}

/** An error that Vitest shows beside the document's line instead of this file's. */
function documentError(problems: readonly string[], path: string, line: number): Error {
  const error = new Error(problems.join("\n\n"));
  error.stack = `Error: ${error.message}\n    at ${path}:${line}:1`;
  return error;
}
