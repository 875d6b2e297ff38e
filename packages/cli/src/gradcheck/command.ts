/** `cotangent gradcheck`: checks the derivatives of a user's function against every oracle there is. */

import {
  type Options as CheckOptions,
  checkGrads,
  explain,
  type Report,
  type RungName,
  rungNames,
} from "@cotangent/gradcheck";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { type Failure, misused, sentenceOf } from "../failure.ts";
import { loadModule } from "../graph/load-export.ts";
import { subsetOf, wholeNumber } from "../option-values.ts";
import { jsonOption, seedOption } from "../shared-options.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { argumentsFor } from "./arguments.ts";

interface Options extends CheckOptions {
  readonly shapes?: string;
  readonly json?: boolean;
  readonly seed: number;
}

const help = `
Loads FILE (JavaScript or TypeScript), which runs its code, and checks its export: a function of
tensors, or an object { value, gradient } or { value, jvp, vjp } of functions of numbers, lists and
typed arrays. The arguments are those of the first of these that there is:

  --shapes "f64[3],{w:f64[3,2]}"   random normal numbers of these shapes (integers: zeros)
  export const lossArgs = [x, w]   for the export "loss"; or a function that returns the list
  export const args = [x, w]       for every export of the file

Exit codes: 0 every rung passes, 1 a derivative is wrong, 2 some comparison stays open, or the
command was used wrongly.

Examples:
  $ cotangent gradcheck model.ts#loss --shapes "f64[3],f64[3,2]"
  $ cotangent gradcheck model.ts#loss --order 3 --only "[0].w"
`;

/** Adds the command to the program. */
export function addGradcheck(program: Command, context: Context): void {
  program
    .command("gradcheck")
    .description("check the derivatives of a function")
    .argument("<file#export>", "a file, and the name of the function it exports")
    .option("--shapes <specs>", "draw arguments of these shapes and dtypes")
    .addOption(
      new Option("--order <number>", "the highest derivative to check")
        .argParser(wholeNumber(1, 3))
        .default(2),
    )
    .option("--only <path>", "compare only coordinates at or below a path, as in [0].w")
    .option(
      "--rungs <names>",
      `which rungs to climb: ${rungNames.join(", ")}`,
      subsetOf<RungName>(rungNames),
    )
    .addOption(
      new Option("--kinks <what>", "where one-sided derivatives differ")
        .choices(["report", "fail", "skip"])
        .default("report"),
    )
    .addOption(seedOption())
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((reference: string, options: Options) => runGradcheck(reference, options, context));
}

async function runGradcheck(reference: string, options: Options, { io }: Context): Promise<void> {
  const { shapes, json, ...asked } = options;
  const { name, exports } = await loadModule(reference);
  const found = exports[name];
  if (typeof found !== "function" && typeof (found as { value?: unknown })?.value !== "function")
    throw misused(
      `${reference}: expected a function, or an object { value, gradient } or { value, jvp, vjp }, got ${typeof found}; the file exports ${Object.keys(exports).join(", ") || "nothing"}`,
    );
  const args = argumentsFor(name, exports, shapes, options.seed);
  const report = check(found as never, args, { name, ...asked });
  const rerun = ["cotangent gradcheck", shellWord(reference), ...rerunOptions(report, options)];
  io.out(json ? JSON.stringify(report) : explain(report, { rerun: rerun.join(" ") }));
  if (report.status !== "pass") throw ended(report);
}

/** checkGrads, with what it refuses told as a wrong use of the command. */
function check(f: never, args: unknown[], options: CheckOptions): Report {
  try {
    return checkGrads(f, args as never, options);
  } catch (error) {
    throw misused(sentenceOf(error).replace(/^checkGrads: /, ""));
  }
}

/** The options that show the first failure alone. */
function rerunOptions({ rungs }: Report, { shapes, order, kinks, seed }: Options): string[] {
  const failed = rungs.find(({ status }) => status === "fail");
  const first = failed?.failures[0];
  return [
    ...(shapes === undefined ? [] : ["--shapes", shellWord(shapes)]),
    ...(order === 2 ? [] : [`--order ${order}`]),
    ...(kinks === "report" ? [] : [`--kinks ${kinks}`]),
    `--seed ${seed}`,
    ...(failed ? ["--rungs", shellWord(failed.rung)] : []),
    ...(failed?.rung === "numeric" && first?.coordinate
      ? ["--only", shellWord(first.coordinate)]
      : []),
  ];
}

/** Everything is printed; only the exit code is left to say. */
const ended = ({ status, name }: Report): Failure =>
  Object.assign(
    new Error(
      status === "fail" ? `${name}: a derivative is wrong` : `${name}: some comparisons stay open`,
    ),
    { exitCode: status === "fail" ? 1 : 2 },
  );
