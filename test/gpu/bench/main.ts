// `npm run bench:gpu`: measure or read, print, and write what was asked for.
import { readFileSync, writeFileSync } from "node:fs";
import { parseOptions, usage } from "./options.ts";
import { writePage } from "./page-of-docs.ts";
import { report } from "./report.ts";
import type { Results } from "./results.ts";
import { run } from "./run.ts";

/** Returns the exit status: 1 on a wrong command line, 0 otherwise; a bar that does not hold is no failure. */
export async function bench(given: readonly string[], root: string): Promise<number> {
  const say = (line: string): void => console.error(line);
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(given);
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 1;
  }
  if (options === "help") {
    console.log(usage);
    return 0;
  }
  const results =
    options.from === undefined
      ? await run(options, root, say)
      : (JSON.parse(readFileSync(options.from, "utf8")) as Results);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results)}\n`);
  console.log(report(results));
  if (options.write) say(`wrote ${writePage(root, results)}`);
  return 0;
}
