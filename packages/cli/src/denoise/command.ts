/** `cotangent denoise`: the posterior mean of clean rows given noisy ones, by Tweedie's formula. */

import { add, mean, mul, random, sqrt, square, sub, type Tensor } from "@cotangent/autodiff";
import { tweedie } from "@cotangent/sampling";
import { formatTable } from "@cotangent/training";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { failed, misused } from "../failure.ts";
import { requireWritable, writeOutput } from "../files.ts";
import type { ModelSettings } from "../model/settings.ts";
import { positive } from "../option-values.ts";
import { significant } from "../report/numbers.ts";
import { openTrainedRun, rowsOf } from "../run/load.ts";
import { jsonOption, seedOption } from "../shared-options.ts";

interface Options {
  readonly sigma?: number;
  readonly addNoise?: boolean;
  readonly seed: number;
  readonly out?: string;
  readonly json?: boolean;
}

const help = `
E[x | x̃] = x̃ + σ²s(x̃), in the run's standardised units: σ = 0.5 means noise of half a standard
deviation along each standardised direction, which for whitened data has the data's own correlations.
With --add-noise the rows are taken as clean, such noise is added first, and both errors are told.

Example:
  $ cotangent denoise run noisy.csv --sigma 0.5 --out clean.csv
`;

/** Adds the command to the program. */
export function addDenoise(program: Command, context: Context): void {
  program
    .command("denoise")
    .description("remove Gaussian noise of known size from rows, by Tweedie's formula")
    .argument("<run>", "the run folder, trained with --objective denoising")
    .argument("<file>", "noisy rows, in the data's units")
    .option("--sigma <number>", "the noise, in standardised units", positive)
    .option("--add-noise", "add the noise first, to see what denoising gains")
    .addOption(seedOption())
    .option("--out <file.csv>", "where to write (default: stdout)")
    .addOption(jsonOption())
    .addHelpText("after", help)
    .action((path: string, file: string, options: Options) =>
      runDenoise(path, file, options, context),
    );
}

function runDenoise(path: string, file: string, options: Options, { io }: Context): void {
  if (options.out !== undefined) requireWritable(options.out);
  const run = openTrainedRun(path);
  const { model, params, standardiser } = run;
  const sigma = noiseLevel(model.settings, options.sigma);
  const rows = standardiser.forward(rowsOf(run, file));
  const noise = random.normal(random.key(options.seed), rows.shape);
  const noisy = options.addNoise ? add(rows, mul(sigma, noise)) : rows;
  const clean = tweedie((x, level) => model.score(params, x, level), noisy, sigma);
  const { columns, hasHeader } = run.config.data;
  const text = (x: Tensor): string => formatTable(hasHeader ? columns : undefined, x);
  const result = standardiser.inverse(clean);
  if (options.out !== undefined) writeOutput(options.out, text(result));
  const errors = options.addNoise
    ? { noisy: rootMeanSquare(sub(noisy, rows)), denoised: rootMeanSquare(sub(clean, rows)) }
    : undefined;
  if (options.json) {
    const written = options.out === undefined ? { rows: result.toArray() } : { out: options.out };
    io.out(JSON.stringify({ run: path, sigma, columns, ...written, errors: errors ?? null }));
    return;
  }
  if (options.out === undefined) io.out(text(result));
  if (errors !== undefined) {
    io.note(
      `Root mean square error in standardised units: ${significant(errors.noisy)} noisy, ` +
        `${significant(errors.denoised)} denoised`,
    );
  }
  if (options.out !== undefined) io.note(`Wrote ${rows.shape[0]} rows to ${options.out}`);
}

/** The noise level to remove; throws when the model did not learn it. */
function noiseLevel({ noise, objective }: ModelSettings, asked: number | undefined): number {
  if (noise === null) {
    throw failed(
      `this run was trained with ${objective}, which learns the score of clean data; ` +
        "denoising needs a run with --objective denoising",
    );
  }
  if (noise.kind === "fixed") {
    if (asked === undefined || asked === noise.sigma) return noise.sigma;
    throw misused(`--sigma ${asked}: this run learned σ = ${noise.sigma} alone`);
  }
  const { lowest, highest } = noise;
  if (asked === undefined) {
    throw misused(`denoise needs --sigma, from ${lowest} to ${highest} for this run`);
  }
  if (asked >= lowest && asked <= highest) return asked;
  throw misused(`--sigma ${asked}: this run learned σ from ${lowest} to ${highest}`);
}

function rootMeanSquare(x: Tensor): number {
  return sqrt(mean(square(x))).item();
}
