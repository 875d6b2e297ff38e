/**
 * Counts code as the budgets do: after formatting at the project's width, without comments and blank
 * lines. A parser finds the comments, so that strings, templates and regular expressions are safe.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseSync } from "vite";
import { root, run } from "./run.mjs";

/** The TypeScript files below `folder`, as paths relative to it. */
export function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .sort();
}

/** Lines of code of every TypeScript file below `folder`: a map from relative path to count. */
export function countLines(folder) {
  const copy = mkdtempSync(join(tmpdir(), "cotangent-lines-"));
  try {
    const names = sourceFiles(folder);
    for (const name of names) {
      const bare = withoutComments(readFileSync(join(folder, name), "utf8"), join(folder, name));
      mkdirSync(dirname(join(copy, name)), { recursive: true });
      writeFileSync(join(copy, name), bare);
    }
    format(copy);
    return new Map(
      names.map((name) => [name, filledLines(readFileSync(join(copy, name), "utf8"))]),
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** The code with every comment blanked out. */
export function withoutComments(code, name) {
  const { comments, errors } = parseSync("source.ts", code);
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  return comments.reduceRight(
    (text, { start, end }) => `${text.slice(0, start)} ${text.slice(end)}`,
    code,
  );
}

/** Formats a folder in place under the project's formatting rules alone. */
function format(folder) {
  const { formatter, javascript } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ root: true, formatter, javascript }));
  run("biome", ["format", "--write", "--log-level=error", "."], { cwd: folder, capture: true });
}

const filledLines = (code) => code.split("\n").filter((line) => line.trim() !== "").length;
