// docs/benchmarks.md: the text between two markers is a run's report, the rest is written by people.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stepsFigure } from "./figure.ts";
import { nodesIn } from "./lookup.ts";
import { report } from "./report.ts";
import type { Results } from "./results.ts";

const docs = join(import.meta.dirname, "../../../docs");
const [begin, end] = ["<!-- results: npm run bench -- --write -->", "<!-- end of results -->"];

/** Puts a run into the page, and its figure beside it. Throws when the page lost its markers. */
export function writePage(results: Results): string[] {
  const page = join(docs, "benchmarks.md");
  const latest = nodesIn(results).at(-1);
  const svg = latest === undefined ? undefined : stepsFigure(results, latest);
  const image = `![Milliseconds of a step by size, objective and implementation, Node ${latest}](figures/benchmarks.svg)\n\n`;
  const text = svg === undefined ? report(results) : image + report(results);
  writeFileSync(page, replaceResults(readFileSync(page, "utf8"), text));
  if (svg === undefined) return [page];
  const figure = join(docs, "figures/benchmarks.svg");
  writeFileSync(figure, svg);
  return [page, figure];
}

export function replaceResults(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`bench: expected docs/benchmarks.md to hold ${begin} and then ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}
