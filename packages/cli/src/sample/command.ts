/** `cotangent sample`: draws rows from a trained run, in the data's units. */

import type { Tensor } from "@cotangent/autodiff";
import { formatTable } from "@cotangent/training";
import { type Command, Option } from "commander";
import type { Context } from "../context.ts";
import { failed } from "../failure.ts";
import { requireWritable, writeOutput } from "../files.ts";
import { positive, wholeNumber } from "../option-values.ts";
import { significant } from "../report/numbers.ts";
import { allRows, openTrainedRun, ownRows } from "../run/load.ts";
import { jsonOption, seedOption } from "../shared-options.ts";
import { textTable } from "../terminal/table.ts";
import { type DrawOptions, drawSamples, samplers } from "./draw.ts";
import { rounded } from "./rounded.ts";
import { type Agreement, agreement, momentsOf } from "./statistics.ts";

interface Options extends DrawOptions {
  readonly out?: string;
  readonly json?: boolean;
}

const help = `
Models trained on a range of noise levels are sampled by the probability flow, which turns the
highest noise into data without adding any on the way, or by annealed Langevin dynamics. Others are
sampled by Langevin dynamics, which mixes slowly between separate modes.

Example:
  $ cotangent sample run --count 1000 --out samples.csv
`;

/** Adds the command to the program. */
export function addSample(program: Command, context: Context): void {
  program
    .command("sample")
    .description("draw samples from a trained run, as CSV in the data's units")
    .argument("<run>", "the run folder")
    .option("--count <rows>", "how many", wholeNumber(1), 1000)
    .addOption(
      new Option(
        "--sampler <name>",
        "how (default: flow where there is a range of noise levels)",
      ).choices(samplers),
    )
    .option(
      "--steps <count>",
      "of the flow (default: 32), at each level of annealed Langevin (default: 40), or in all (default: 1000)",
      wholeNumber(1),
    )
    .option(
      "--step-size <number>",
      "of annealed Langevin, η/σ² (default: 0.2), or of Langevin, η (default: 0.01)",
      positive,
    )
    .addOption(seedOption())
    .option("--out <file.csv>", "where to write (default: stdout)")
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((path: string, options: Options) => runSample(path, options, context));
}

function runSample(path: string, options: Options, { io }: Context): void {
  if (options.out !== undefined) requireWritable(options.out);
  const run = openTrainedRun(path);
  const samples = rounded(requireFinite(drawSamples(run, options)));
  const { columns, hasHeader } = run.config.data;
  const compared =
    ownRows(run, "train") === undefined || options.count < 2
      ? undefined
      : agreement(momentsOf(samples), momentsOf(allRows(run)), options.count);
  if (options.out !== undefined) {
    writeOutput(options.out, formatTable(hasHeader ? columns : undefined, samples));
  }
  if (options.json) {
    const rows = options.out === undefined ? samples.toArray() : undefined;
    const record = {
      run: path,
      step: run.step,
      count: options.count,
      columns,
      out: options.out,
      rows,
    };
    io.out(JSON.stringify({ ...record, agreement: compared ?? null }));
    return;
  }
  if (options.out === undefined) io.out(formatTable(hasHeader ? columns : undefined, samples));
  if (compared !== undefined) io.note(describeAgreement(compared, columns));
  if (options.out !== undefined) io.note(`Wrote ${options.count} rows to ${options.out}`);
}

function describeAgreement(
  { meanShift, stdRatio, stdRatioError, correlationError }: Agreement,
  columns: readonly string[],
): string {
  const rows = columns.map((name, j) => [
    name,
    significant(meanShift[j] ?? 0, 2),
    significant(stdRatio[j] ?? 0, 3),
    significant(stdRatioError[j] ?? 0, 2),
  ]);
  const table = textTable(["column", "mean shift (data std)", "std ratio", "± by chance"], rows);
  if (correlationError === null) return table;
  return `${table}\nCorrelations differ from the data's by ${significant(correlationError, 2)} on average.`;
}

function requireFinite(samples: Tensor): Tensor {
  if (samples.data.every((value) => Number.isFinite(Number(value)))) return samples;
  throw failed(
    "the chains diverged; give a smaller --step-size (the flow: more --steps), or train longer",
  );
}
