// `npm run bench`: measure or read, print, and write what was asked for.
import { readFileSync, writeFileSync } from "node:fs";
import { parseOptions, usage } from "./options.ts";
import type { Results } from "./results.ts";
import { run } from "./run.ts";

/** Returns the exit status: 1 on a wrong command line, 0 otherwise; a bar that does not hold is no failure. */
export async function bench(given: readonly string[]): Promise<number> {
  const report = (line: string): void => console.error(line);
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(given);
  } catch (error) {
    report(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 1;
  }
  if (options === "help") {
    console.log(usage);
    return 0;
  }
  const results = options.from.length > 0 ? join_(options.from) : await run(options, report);
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(results));
  return 0;
}

function join_(files: readonly string[]): Results {
  return files.map((file) => JSON.parse(readFileSync(file, "utf8")) as Results)[0]!;
}
