import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { countLines, withoutComments } from "../../scripts/code-lines.mjs";

/** Lines of code of a single file with this text. */
function linesOf(code: string): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), "cotangent-lines-test-"));
  try {
    mkdirSync(dirname(join(folder, "deep/file.ts")));
    writeFileSync(join(folder, "deep/file.ts"), code);
    return countLines(folder).get(join("deep", "file.ts"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("comments and blank lines do not count", () => {
  expect(
    linesOf("// one\n/* two\n   three */\n\nconst a = 1; // four\n\nconst b = /* five */ 2;\n"),
  ).toBe(2);
});

test("what looks like a comment in a string, a template or a regular expression is code", () => {
  const tricky =
    'const s = "// no"; const r = /[/*]/; const t = `\n// no\n/* no */\n${1 /* yes */}`;';
  const kept = 'const s = "// no"; const r = /[/*]/; const t = `\n// no\n/* no */\n${1  }`;';
  expect(withoutComments(tricky, "tricky.ts")).toBe(kept);
  expect(linesOf(tricky)).toBe(6);
});

test("code counts as it stands after formatting at 100 columns", () => {
  expect(linesOf("const a = 1; const b = 2; const c = 3;")).toBe(3);
  const wide = `f(${Array.from({ length: 12 }, (_, i) => `argumentNumber${i}`).join(", ")});`;
  expect(linesOf(wide)).toBe(14);
  expect(linesOf("f(\n  a,\n  b,\n);")).toBe(1);
});
