/** `cotangent gradcheck`: checks the derivatives of a user's function against every oracle there is. */

import type { RungName } from "@cotangent/gradcheck";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { subsetOf, wholeNumber } from "../option-values.ts";
import { jsonOption, seedOption } from "../shared-options.ts";
import type { GradcheckOptions } from "./run.ts";

// The checker itself is loaded when it is needed: its oracles take a while to load.
const rungNames: readonly RungName[] = [
  "structure",
  "determinism",
  "dot product",
  "numeric",
  "symbolic",
  "taylor",
  "nesting",
  "f32",
];

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
    .action(async (reference: string, options: GradcheckOptions) => {
      const { runGradcheck } = await import("./run.ts");
      await runGradcheck(reference, options, context);
    });
}
