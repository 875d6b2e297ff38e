/** What `cotangent gradcheck` does once its arguments are read. */

import {
  type Options as CheckOptions,
  checkGrads,
  explain,
  firstOf,
  type Report,
} from "@cotangent/gradcheck";
import type { Context } from "../context.ts";
import { type Failure, misused, sentenceOf } from "../failure.ts";
import { loadModule, missingExport } from "../graph/load-export.ts";
import { shellWord } from "../terminal/shell-word.ts";
import { argumentsFor, tooFew } from "./arguments.ts";

/** The options of the command; those of checkGrads are handed on. */
export interface GradcheckOptions extends CheckOptions {
  readonly shapes?: string;
  readonly json?: boolean;
  readonly seed: number;
}

/** Checks the export, prints the report, and throws what the exit code says unless everything passes. */
export async function runGradcheck(
  reference: string,
  options: GradcheckOptions,
  { io }: Context,
): Promise<void> {
  const { shapes, json, ...asked } = options;
  const { name, exports } = await loadModule(reference);
  const found = exports[name];
  if (found === undefined)
    throw misused(
      `${missingExport(reference, name)}; the file exports ${Object.keys(exports).join(", ") || "nothing"}`,
    );
  if (typeof found !== "function" && typeof (found as { value?: unknown })?.value !== "function")
    throw misused(
      `${reference}: expected a function, or an object { value, gradient } or { value, jvp, vjp }, got ${typeof found}; the file exports ${Object.keys(exports).join(", ") || "nothing"}`,
    );
  const args = argumentsFor(name, exports, shapes, options.seed);
  const few = tooFew(name, found, exports, shapes, args.length);
  const report = check(found as never, args, { name, ...asked }, few);
  const rerun = ["cotangent gradcheck", shellWord(reference), ...rerunOptions(report, options)];
  io.out(json ? JSON.stringify(report) : explain(report, { rerun: rerun.join(" ") }));
  if (report.status === "pass") return;
  if (few !== undefined) io.note(`warning: ${few}`);
  throw ended(report);
}

/** checkGrads, with what it refuses told as a wrong use of the command. */
function check(f: never, args: unknown[], options: CheckOptions, few: string | undefined): Report {
  try {
    return checkGrads(f, args as never, options);
  } catch (error) {
    const sentence = sentenceOf(error);
    const refusal = /^checkGrads: /;
    throw misused(
      refusal.test(sentence)
        ? sentence.replace(refusal, "")
        : `${few ?? options.name}: it throws at these arguments: ${sentence}`,
    );
  }
}

/** The options that show the first failure alone. */
function rerunOptions(
  { rungs }: Report,
  { shapes, order, kinks, seed }: GradcheckOptions,
): string[] {
  const first = firstOf(rungs.flatMap(({ failures }) => failures));
  return [
    ...(shapes === undefined ? [] : ["--shapes", shellWord(shapes)]),
    ...(order === 2 ? [] : [`--order ${order}`]),
    ...(kinks === "report" ? [] : [`--kinks ${kinks}`]),
    `--seed ${seed}`,
    ...(first ? ["--rungs", shellWord(first.rung)] : []),
    ...(first?.rung === "numeric" && first.coordinate
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
