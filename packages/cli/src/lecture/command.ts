/** `cotangent lecture`: every measurable claim of the lecture, measured against its prediction. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { type EngineName, engineOption } from "../engines.ts";
import { failed, misused } from "../failure.ts";
import { requireFolder, requireOwnFile, writeOutput } from "../files.ts";
import { subsetOf } from "../option-values.ts";
import { jsonOption, seedOption } from "../shared-options.ts";
import { claimNames, pageTitle } from "./names.ts";

interface Options {
  readonly only: readonly (typeof claimNames)[number][];
  readonly out: string;
  readonly data?: string;
  readonly engine: EngineName;
  readonly seed: number;
  readonly json?: boolean;
}

const help = `
Claims, in the lecture's order:
${claimNames.map((name) => `  ${name}`).join("\n")}

Every number is printed beside its prediction: equalities to rounding, the others as the mean of
independent replicates with its standard error. Exit codes: 0 every number is within four standard
errors, 1 some is not, 2 the command was used wrongly.

Without --data about 77 of the numbers are estimates. By chance alone one of them is off in about
one run of a hundred; one that is off again with another --seed is no chance.

Examples:
  $ cotangent lecture
  $ cotangent lecture --only tweedie,sampling --out two-claims
`;

/** Adds the command to the program. */
export function addLecture(program: Command, context: Context): void {
  program
    .command("lecture")
    .description("reproduce the lecture on score matching, claim by claim; writes a page")
    .addOption(
      new Option("--only <names>", "which claims, with commas")
        .argParser(subsetOf(claimNames))
        .default(claimNames, "all"),
    )
    .option("--out <folder>", "where to write the page, index.html", "lecture")
    .option("--data <folder>", "holds parkinsons.data and winequality-red.csv, for real-data")
    .addOption(engineOption())
    .addOption(seedOption())
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((options: Options) => lecture(options, context));
}

async function lecture(options: Options, context: Context): Promise<void> {
  const { out, data } = options;
  const found = data === undefined ? undefined : statSync(data, { throwIfNoEntry: false });
  if (data !== undefined && !found?.isDirectory()) {
    const what = found ? "this is a file, and a folder was expected" : "there is no such folder";
    throw misused(`--data ${data}: ${what}`);
  }
  requireFolder(out);
  const page = join(out, "index.html");
  requireOwnFile(page, `<title>${pageTitle}</title>`, "page than the lecture's");
  // Loaded when it is needed: the drawings and the compiler take a while to load.
  const { measureLecture, lecturePage, summaryText, verdictText } = await import("./measure.ts");
  const result = await measureLecture(options, context);
  writeOutput(page, lecturePage(result));
  const { io } = context;
  if (options.json) io.out(JSON.stringify({ ...result, page }));
  else io.out(`${summaryText(result)}\n\nPage: ${page}`);
  if (result.claims.some((claim) => !claim.agrees)) throw failed(verdictText(result.claims));
}
