// docs/benchmarks.md, the part of `npm run bench:gpu`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Markers, replaceBetween } from "../../peers/src/marked.ts";
import { report } from "./report.ts";
import type { Results } from "./results.ts";

const markers: Markers = [
  "<!-- results: npm run bench:gpu -- --write -->",
  "<!-- end of the GPU's results -->",
];

/** Puts a run into the page; returns the file. Throws when the page lost its markers. */
export function writePage(root: string, results: Results): string {
  const file = join(root, "docs/benchmarks.md");
  writeFileSync(file, replaceResults(readFileSync(file, "utf8"), report(results)));
  return file;
}

/** The page with this benchmark's part replaced. */
export const replaceResults = (page: string, text: string): string =>
  replaceBetween(markers, page, text);
