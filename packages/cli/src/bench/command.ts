/** `cotangent bench`: times this project's engines on this machine. */

import { availableParallelism } from "node:os";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { interrupted } from "../failure.ts";
import { subsetOf, wholeNumber } from "../option-values.ts";
import { significant } from "../report/numbers.ts";
import { jsonOption } from "../shared-options.ts";
import { startProgress } from "../terminal/progress.ts";
import type { BenchResult } from "./result.ts";
import { paces } from "./rounds.ts";
import { bench } from "./run.ts";
import { summaryText } from "./summary.ts";
import { type Part, parts, tasksOf } from "./tasks.ts";

interface Options {
  readonly only: readonly Part[];
  readonly threads: number;
  readonly quick?: boolean;
  readonly json?: boolean;
}

const help = `
Times products, and training steps of three objectives, on the engine cpu (one WebAssembly module a
step) with one thread and with several, and on the interpreter. All take turns; a time is the
median over the rounds, with its quartiles. Other work on the machine disturbs it.

Example:
  $ cotangent bench --only matmul,sliced --threads 2
`;

/** Adds the command to the program. */
export function addBench(program: Command, context: Context): void {
  program
    .command("bench")
    .description("time the engines on this machine, in under a minute")
    .addOption(
      new Option("--only <names>", `which, with commas: ${parts.join(", ")}`)
        .argParser(subsetOf(parts))
        .default(parts, "all"),
    )
    .option(
      "--threads <count>",
      "of the engine cpu, beside one",
      wholeNumber(1, 64),
      Math.min(2, availableParallelism()),
    )
    .option("--quick", "fewer sizes and rounds: seconds, and noisy")
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((options: Options) => runBench(options, context));
}

async function runBench(options: Options, context: Context): Promise<void> {
  const result = await measure(options, context);
  context.io.out(options.json ? JSON.stringify(result) : summaryText(result));
}

/** Measures while a live table shows how far each part is. */
async function measure(
  { only, threads, quick }: Options,
  { io, interruption }: Context,
): Promise<BenchResult> {
  const name = quick ? "quick" : "full";
  const [pace, tasks] = [paces[name], tasksOf(only, name)];
  const progress = startProgress(io, Math.max(...only.map((part) => part.length)));
  const lines = new Map(
    only.map((part) => {
      const own = tasks.filter((task) => task.part === part);
      return [part, { own, line: progress.line(part, own.length) }] as const;
    }),
  );
  try {
    const result = await bench({
      tasks,
      threads,
      pace,
      interruption,
      onRound(task, share, milliseconds) {
        const { own, line } = lines.get(task.part)!;
        const detail = `[${task.sizes.join(",")}]  ${significant(milliseconds)} ms`;
        line.update(own.indexOf(task) + share, detail);
      },
    });
    if (result === undefined) throw interrupted("interrupted: nothing was measured to the end");
    return result;
  } finally {
    progress.stop();
  }
}
