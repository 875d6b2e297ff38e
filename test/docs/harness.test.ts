import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./documents.ts";
import { instrument } from "./instrument.ts";
import { runDocument } from "./run-document.ts";

const fixture = (name: string) => join(root, "test/docs/fixtures", name);
const wrong = runDocument(fixture("wrong.md"));
const ticks = "`".repeat(3);
const build = (code: string) => instrument(`${ticks}ts\n${code}\n${ticks}`, "page.md", "recorder");

test("a document whose expectations hold has no problems", async () => {
  const results = await runDocument(fixture("right.md"));
  expect(results.flatMap(({ problems }) => problems)).toEqual([]);
  expect(results.map(({ line }) => line)).toEqual([4, 15, 41]);
});

test("each wrong expectation is reported with its line, what was expected and what came", async () => {
  const [values] = await wrong;
  const lines = values!.problems.map(
    (problem) => /^test\/docs\/fixtures\/wrong\.md:(\d+)/.exec(problem)?.[1],
  );
  expect(lines?.map(Number)).toEqual([4, 6, 7, 8, 9, 10, 13, 15, 16, 17, 18]);
  expect(values!.problems[0]).toBe(
    "test/docs/fixtures/wrong.md:4: 1 + 1;\n  expected: 3\n  got:      2",
  );
});

test("a block that throws is reported, and so is every block that it keeps from running", async () => {
  const [, throws, after] = await wrong;
  expect(throws!.problems).toEqual([
    "test/docs/fixtures/wrong.md:23: threw undefinedName is not defined",
  ]);
  expect(after!.problems).toEqual([
    "test/docs/fixtures/wrong.md:27: did not run, since the block at line 22 threw",
  ]);
});

test("an expectation that could never be compared is refused", () => {
  const rule = "`// =>` has to follow a statement at the top level of its block";
  expect(() => build("// => 1")).toThrow(`page.md:2: ${rule}`);
  expect(() => build("1;\n\n// => 1")).toThrow(`page.md:4: ${rule}`);
  expect(() => build("if (true) {\n  1; // => 1\n}")).toThrow(`page.md:3: ${rule}`);
  expect(() => build("const f = () => {\n  return 1; // => 1\n};")).toThrow(`page.md:3: ${rule}`);
});

test("`// =>` inside strings and templates is text", () => {
  expect(build('"// => 1";\n`\n// => 2\n`;').expectations).toEqual([]);
});

test("every line of code keeps its place in the module", () => {
  const { source } = build("const x =\n  1;\nx; // => 1\nthrow x;");
  expect(source.split("\n").findIndex((line) => line.includes("throw x"))).toBe(4);
});

test("a syntax error, an open fence and a block left out without a reason name file and line", () => {
  expect(() => build("const x = 1;\nconst = 2;")).toThrow("page.md:3: ");
  expect(() => instrument(`text\n${ticks}ts\n1;`, "page.md", "")).toThrow(
    "page.md:2: this code block is never closed",
  );
  expect(() => instrument(`${ticks}ts no-run\n${ticks}`, "page.md", "")).toThrow(
    "page.md:1: no-run needs its reason after it, on the same line",
  );
});
