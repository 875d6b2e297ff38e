/**
 * Prints lines of code and bytes of every package against its budgets; fails when one is exceeded,
 * or, where a budget is not met yet, when its ceiling is.
 * Bytes are the package's own code, all its entries together, minified and gzipped.
 */
import { join } from "node:path";
import { bundleSize } from "./bundle-size.mjs";
import { countLines } from "./code-lines.mjs";
import { packages } from "./packages.mjs";
import { fail } from "./run.mjs";

/** The one table of budgets: lines of each group of files, and bytes. */
const budgets = {
  autodiff: {
    lines: { core: 900, "primitives and operations": 1000, testing: 60 },
    bytes: 18_000,
  },
  gradcheck: { lines: { all: 1500 }, bytes: 28_000 },
  losses: { lines: { all: 1800 }, bytes: 12_000 },
  sampling: { lines: { all: 465 }, bytes: 3_500 },
  "graph-passes": { lines: { all: 3060 }, bytes: 19_100 },
  "cpu-kernels": { lines: { all: 7900 }, bytes: 52_600 },
  "gpu-kernels": { lines: { all: 7200 }, bytes: 45_000 },
  training: { lines: { all: 2680 }, bytes: 17_500 },
  cli: { lines: { all: 7900 }, bytes: 62_000 },
};

/** Budgets that are not met yet, with what their count must not exceed until then: lower these, never raise them. */
const ceilings = {
  "autodiff: lines, core": 1_535,
  "autodiff: lines, primitives and operations": 1_803,
  "autodiff: bytes, all entries": 22_697,
  "gradcheck: lines, all": 3_460,
};

/** Files of autodiff that hold, name or list operations, and those for tests; the others are its core. */
const operations = /^(primitives|operations)\b|^(methods|registry|index|functions)\.ts$/;
const testing = /^(testing|trace-at)\.ts$/;

/** Programs whose size shows how little a small one pays. */
const programs = ["@cotangent/autodiff/functions", "@cotangent/autodiff"].map((specifier) => ({
  what: `grad, sin and mul from ${specifier}`,
  source: `import { grad, mul, sin } from "${specifier}"; console.log(grad((x) => mul(x, sin(x)))(1));`,
}));

const rows = [
  ...packages.flatMap((package_) => [...lineRows(package_), ...byteRows(package_)]),
  ...programs.map(({ what, source }) => row("program", what, bundleSize(source).gzipped)),
];
printTable(rows);
for (const { folder, what, count, budget, verdict } of rows) {
  if (verdict !== "EXCEEDED") continue;
  const bound = ceilingOf(folder, what) ?? budget;
  console.error(`size: ${folder}: ${what}: expected at most ${bound}, got ${count}`);
  process.exitCode = 1;
}

function ceilingOf(folder, what) {
  return ceilings[`${folder}: ${what}`];
}

function row(folder, what, count, budget) {
  const ceiling = ceilingOf(folder, what);
  const verdict = () => {
    if (budget === undefined) return "";
    if (count <= budget) return "ok";
    return count <= (ceiling ?? budget) ? `OVER, ceiling ${text(ceiling)}` : "EXCEEDED";
  };
  return { folder, what, count, budget: budget ?? "", verdict: verdict() };
}

function budgetOf(folder) {
  return budgets[folder] ?? fail(`size: packages/${folder} has no budget in scripts/size.mjs`);
}

function lineRows({ folder, path }) {
  const budget = budgetOf(folder).lines;
  const counts = Object.fromEntries(Object.keys(budget).map((group) => [group, 0]));
  for (const [file, lines] of countLines(join(path, "src"))) counts[groupOf(folder, file)] += lines;
  return Object.entries(counts).map(([group, count]) =>
    row(folder, `lines, ${group}`, count, budget[group]),
  );
}

function groupOf(folder, file) {
  if (folder !== "autodiff") return "all";
  if (testing.test(file)) return "testing";
  return operations.test(file) ? "primitives and operations" : "core";
}

/** All entries together, and those that have to work in a browser. */
function byteRows({ folder, path, manifest, entries }) {
  const others = { ...manifest.dependencies, ...manifest.peerDependencies };
  const external = Object.keys(others).flatMap((name) => [name, `${name}/*`]);
  const bytes = (some, platform) => {
    const lines = some.map(({ source }, i) => `export * as entry${i} from "${source}";`);
    return bundleSize(lines.join("\n"), { folder: path, external, platform }).gzipped;
  };
  const portable = entries.filter(({ needsNode }) => !needsNode);
  const all = row(folder, "bytes, all entries", bytes(entries, "node"), budgetOf(folder).bytes);
  if (portable.length === 0) return [all];
  return [all, row(folder, "bytes, in a browser", bytes(portable, "browser"))];
}

function printTable(table) {
  const columns = Object.keys(table[0]);
  const shown = [columns, ...table.map((cells) => columns.map((column) => text(cells[column])))];
  const widths = columns.map((_, i) => Math.max(...shown.map((cells) => cells[i].length)));
  for (const cells of shown) {
    const padded = cells.map((cell, i) =>
      typeof table[0][columns[i]] === "number" ? cell.padStart(widths[i]) : cell.padEnd(widths[i]),
    );
    console.log(padded.join("  ").trimEnd());
  }
}

function text(cell) {
  return typeof cell === "number" ? cell.toLocaleString("en-US") : cell;
}
