/** `cotangent compare`: every objective on one problem with a known score. */

import { type Command, Option } from "commander";
import type { ActivationName } from "../activations.ts";
import type { Context } from "../context.ts";
import { backendOption, engineOption, trainingEngineNames } from "../engines.ts";
import { interrupted } from "../failure.ts";
import { readText, requireOwnFile, writeOutput } from "../files.ts";
import { type ObjectiveName, objectiveNames } from "../objectives.ts";
import { positive, share, subsetOf, wholeNumber } from "../option-values.ts";
import { duration, significant } from "../report/numbers.ts";
import { figureLabel, reportTitle } from "../report/titles.ts";
import { activationOption, hiddenOption, jsonOption, seedOption } from "../shared-options.ts";
import { startProgress } from "../terminal/progress.ts";
import { type AskedEngine, type TrainingEngine, withEngine } from "../training-engine.ts";
import { parseResult } from "./parse-result.ts";
import type { CompareResult, CompareSettings } from "./result.ts";
import { compare } from "./run.ts";
import { summaryText } from "./summary.ts";

interface Options extends AskedEngine {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly learningRate: number;
  readonly ema: number;
  readonly objectives: readonly ObjectiveName[];
  readonly sigma: number;
  readonly radius: number;
  readonly projections: number;
  readonly rows: number;
  readonly seed: number;
  readonly out: string;
  readonly figure?: string;
  readonly from?: string;
  readonly json?: boolean;
}

const example = `
Example:
  $ cotangent compare --steps 500 --objectives implicit,denoising --out quick.html
`;

/** Adds the command to the program. */
export function addCompare(program: Command, context: Context): void {
  program
    .command("compare")
    .description("train with every objective on a 2-D mixture whose true score is known")
    .option("--steps <count>", "training steps of each objective", wholeNumber(1), 800)
    .option("--batch <rows>", "rows per step", wholeNumber(1), 128)
    .addOption(hiddenOption([64, 64]))
    .addOption(activationOption("tanh"))
    .option("--learning-rate <number>", "of Adam, with a cosine schedule", positive, 0.01)
    .option("--ema <decay>", "moving average of the weights; 0 for none", share, 0.98)
    .addOption(
      new Option("--objectives <names>", "which, with commas")
        .argParser(subsetOf(objectiveNames))
        .default(objectiveNames, "all"),
    )
    .option("--sigma <number>", "noise of denoising, in data units", positive, 0.2)
    .option("--radius <number>", "step of finite-difference, in data units", positive, 0.1)
    .option("--projections <count>", "directions per row", wholeNumber(1, 64), 1)
    .option("--rows <count>", "rows of training data", wholeNumber(2), 20000)
    .addOption(engineOption(trainingEngineNames))
    .addOption(backendOption())
    .addOption(seedOption())
    .option("--out <file>", "where to write the report", "report.html")
    .option("--figure <file.svg>", "also write the main figure as one SVG")
    .option("--from <file.json>", "draw a result that --json printed, train nothing")
    .addOption(jsonOption())
    .addHelpText("after", example)
    .action((options: Options) => runCompare(options, context));
}

async function runCompare(options: Options, context: Context): Promise<void> {
  const { io } = context;
  requireOwnFile(options.out, `<title>${reportTitle}</title>`, "page than a report of compare");
  if (options.figure !== undefined)
    requireOwnFile(options.figure, figureLabel, "file than a figure of compare");
  const result =
    options.from === undefined
      ? await withEngine(options, io, (engine) => train(options, engine, context))
      : parseResult(readText(options.from), options.from);
  const { reportDocument } = await import("../report/document.ts");
  writeOutput(options.out, reportDocument(result));
  if (options.figure !== undefined) {
    const { standaloneFigure } = await import("../report/figure.ts");
    writeOutput(options.figure, standaloneFigure(result));
  }
  if (options.json) io.out(JSON.stringify(result));
  else io.out(`${summaryText(result)}\n\nReport: ${options.out}`);
}

/** Trains with every objective while a live table shows how far each is. */
async function train(
  options: Options,
  engine: TrainingEngine,
  context: Context,
): Promise<CompareResult> {
  const { io, interruption, argv } = context;
  const width = Math.max(...options.objectives.map((name) => name.length));
  const { backend } = engine.place;
  const where = backend === undefined ? "" : ` on ${backend}`;
  const progress = startProgress(io, width);
  const lines = new Map(
    options.objectives.map((name) => [name, progress.line(name, options.steps)] as const),
  );
  try {
    const result = await compare({
      settings: settingsOf(options),
      names: options.objectives,
      engine,
      command: ["cotangent", ...argv].join(" "),
      interruption,
      onProgress: (name, { done, loss, fisher, millisecondsPerStep }) => {
        const left = ((options.steps - done) * millisecondsPerStep) / 1000;
        lines
          .get(name)
          ?.update(
            done,
            `loss ${significant(loss)}  Fisher ${significant(fisher)}  ` +
              `${significant(millisecondsPerStep, 2)} ms/step${where}` +
              (done < options.steps ? `  ${duration(left)} left` : ""),
          );
      },
    });
    if (result === undefined) throw interrupted("interrupted: no report was written");
    return result;
  } finally {
    progress.stop();
  }
}

/** The settings proper, without the options that say where things go. */
function settingsOf(options: Options): CompareSettings {
  const { steps, batch, hidden, activation, learningRate, ema } = options;
  const { sigma, radius, projections, rows, seed } = options;
  const training = { steps, batch, hidden, activation, learningRate, ema };
  return { ...training, sigma, radius, projections, rows, seed, evaluationRows: 10000 };
}
