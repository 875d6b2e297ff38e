/**
 * Prints lines of code and bytes of every package against its budgets; fails when one is exceeded.
 * Bytes are the package's own code, all its entries together, minified and gzipped.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundleSize } from "./bundle-size.mjs";
import { countLines } from "./code-lines.mjs";
import { packages } from "./packages.mjs";

/** The one table of budgets: lines by group of files, and bytes. */
const budgets = {
  autodiff: { lines: { core: 900, "primitives and operations": 1000 }, bytes: 18_000 },
  losses: { lines: { all: 1000 }, bytes: 10_000 },
  sampling: { lines: { all: 300 }, bytes: 4_000 },
  training: { lines: { all: 1500 }, bytes: 15_000 },
  cli: { lines: { all: 3000 }, bytes: 30_000 },
};

/** Files of autodiff that only name or list operations count with the operations. */
const namesOperations = /^(primitives|operations)\b|^(methods|registry|index|functions)\.ts$/;

function groupOf(folder, file) {
  if (folder !== "autodiff") return "all";
  return namesOperations.test(file) ? "primitives and operations" : "core";
}

/** Programs whose size shows how little a small one pays. */
const programs = ["@cotangent/autodiff/functions", "@cotangent/autodiff"].map((specifier) => ({
  name: `grad, sin and mul from ${specifier}`,
  source: `import { grad, mul, sin } from "${specifier}"; console.log(grad((x) => mul(x, sin(x)))(1).item());`,
}));

const rows = [];
for (const { folder, path, manifest, entries } of packages) {
  const budget = budgets[folder];
  if (!budget)
    throw new Error(`size: packages/${folder} has no budget; add one to scripts/size.mjs`);
  if (!existsSync(join(path, "src"))) continue;
  const counts = new Map(Object.keys(budget.lines).map((group) => [group, 0]));
  for (const [file, count] of countLines(join(path, "src"))) {
    const group = groupOf(folder, file);
    counts.set(group, counts.get(group) + count);
  }
  for (const [group, count] of counts)
    rows.push([folder, `lines, ${group}`, count, budget.lines[group]]);

  const present = entries.filter(({ source }) => existsSync(join(path, source)));
  const external = Object.keys(manifest.dependencies ?? {}).flatMap((name) => [name, `${name}/*`]);
  const measure = (some, platform) => {
    const source = some
      .map((entry, i) => `export * as part${i} from "${entry.source}";`)
      .join("\n");
    return bundleSize(source, { folder: path, external, platform }).gzipped;
  };
  if (present.length > 0) {
    rows.push([folder, "bytes, all entries", measure(present, "node"), budget.bytes]);
    const portable = present.filter((entry) => !entry.needsNode);
    if (portable.length > 0)
      rows.push([folder, "bytes, in a browser", measure(portable, "browser")]);
  }
}
for (const { name, source } of programs) rows.push(["program", name, bundleSize(source).gzipped]);

const shown = rows.map(([folder, what, count, budget]) => {
  const over = budget !== undefined && count > budget;
  return {
    folder,
    what,
    count,
    budget: budget ?? "",
    verdict: over ? "EXCEEDED" : budget ? "ok" : "",
  };
});
printTable(shown);
const exceeded = shown.filter(({ verdict }) => verdict === "EXCEEDED");
for (const { folder, what, count, budget } of exceeded) {
  console.error(`size: ${folder}: ${what}: expected at most ${budget}, got ${count}`);
}
process.exitCode = exceeded.length > 0 ? 1 : 0;

function printTable(table) {
  const columns = Object.keys(table[0]);
  const cells = [columns, ...table.map((row) => columns.map((column) => format(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const isNumber = (i) => typeof table[0][columns[i]] === "number";
  for (const row of cells) {
    console.log(
      row
        .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join("  ")
        .trimEnd(),
    );
  }
}

function format(cell) {
  return typeof cell === "number" ? cell.toLocaleString("en-US") : cell;
}
