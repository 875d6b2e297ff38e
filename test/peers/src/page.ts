// docs/benchmarks.md, the part of `npm run bench`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stepsFigure } from "./figure.ts";
import { nodesIn } from "./lookup.ts";
import { type Markers, replaceBetween } from "./marked.ts";
import { report } from "./report.ts";
import type { Results } from "./results.ts";

const docs = join(import.meta.dirname, "../../../docs");
const markers: Markers = ["<!-- results: npm run bench -- --write -->", "<!-- end of results -->"];

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

/** The page with this benchmark's part replaced. */
export const replaceResults = (page: string, text: string): string =>
  replaceBetween(markers, page, text);
