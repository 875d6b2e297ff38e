import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { codeBlocks, isExecuted } from "./markdown.mjs";
import { type BlockResult, root, runDocument } from "./run-document.ts";

/** The READMEs and everything below docs. */
function documents(): string[] {
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`);
  const docs = join(root, "docs");
  const chapters = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: "utf8" }) : [];
  return ["README.md", ...packages, ...chapters.sort().map((name) => `docs/${name}`)]
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
}

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
        const problems = results.find((result) => result.line === line)?.problems;
        expect(problems?.join("\n\n")).toBe("");
      });
    }
  });
}
