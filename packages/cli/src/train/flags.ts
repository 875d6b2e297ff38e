/** The options of `train` as the command line spells them; what they mean is in options.ts. */

import { type Command, Option } from "commander";
import { backendOption, engineOption, trainingEngineNames } from "../engines.ts";
import { objectiveNames } from "../objectives.ts";
import { notNegative, positive, share, wholeNumber, widths } from "../option-values.ts";
import { outlierTreatments, standardisations } from "../run/config.ts";
import { activationOption, jsonOption, seedOption } from "../shared-options.ts";
import { parseNoiseRange } from "./noise-range.ts";

/** Adds the options to the command. */
export function addTrainOptions(command: Command): void {
  command
    .option("--out <run>", "the run folder (default: runs/ and the name of the data)")
    .addOption(
      new Option("--objective <name>", "what to minimise")
        .choices(objectiveNames)
        .default("denoising"),
    )
    .addOption(
      new Option(
        "--sigma <level|range>",
        "denoising's noise: one level, or a range for a ladder (default: 3..0.05)",
      ).argParser(parseNoiseRange),
    )
    .option("--levels <count>", "noise levels of a range", wholeNumber(2, 1000), 12)
    .option("--noise-conditional", "insist on a ladder of noise levels (denoising's default)")
    .option("--no-noise-conditional", "insist on one noise level")
    .option("--radius <number>", "step of finite-difference", positive, 0.1)
    .option("--projections <count>", "directions per row", wholeNumber(1, 64), 1)
    .addOption(
      new Option(
        "--hidden <widths>",
        "widths of the hidden layers (default: 32,32 below 1000 rows, else 64,64)",
      ).argParser(widths),
    )
    .addOption(activationOption("silu"))
    .addOption(
      new Option("--steps <count>", "training steps (default: 1500)")
        .argParser(wholeNumber(1))

        .conflicts("epochs"),
    )
    .option("--epochs <count>", "passes over the training rows, instead of steps", wholeNumber(1))
    .addOption(
      new Option(
        "--batch <rows>",
        "rows per step (default: 64 below 1000 rows, else 128)",
      ).argParser(wholeNumber(1)),
    )
    .option(
      "--learning-rate <number>",
      "of Adam, with a cosine schedule (default: 0.001 with quantile, else 0.003)",
      positive,
    )
    .option(
      "--weight-decay <number>",
      "decoupled, of Adam (default: with quantile 2 below 1000 rows, else 1; otherwise 0.1)",
      notNegative,
    )
    .option("--clip <norm>", "longest gradient; 0 for any", notNegative, 10)
    .option("--ema <decay>", "moving average of the weights; 0 for none", share, 0.99)
    .option(
      "--validation <share>",
      "of the rows, to choose the best weights; 0 for none",
      share,
      0.1,
    )
    .option("--test <share>", "of the rows, kept for evaluate; 0 for none", share, 0.1)
    .option("--validate-every <steps>", "steps between validations", wholeNumber(1), 50)
    .option(
      "--early-stop <count>",
      "validations worse than the best by more than chance; 0 for never",
      wholeNumber(0),
      10,
    )
    .addOption(
      new Option(
        "--standardise <how>",
        "quantile: normal scores, then PCA whitening; whiten: PCA alone; scale: each column by itself; none " +
          "(default: quantile where denoising meets heavy tails, else whiten)",
      ).choices(standardisations),
    )
    .addOption(
      new Option(
        "--outliers <what>",
        "with rows whose values look damaged, such as lost decimal points",
      )
        .choices(outlierTreatments)
        .default("keep"),
    )
    .option("--dequantise", "spread quantised values over their grid cells")
    .option(
      "--no-refit",
      "keep the weights that never saw the held-out rows, and do not train again on all rows",
    )
    .option("--rows <count>", "rows to draw of a generator", wholeNumber(10), 4000)
    .addOption(engineOption(trainingEngineNames))
    .addOption(backendOption())
    .addOption(seedOption())
    .addOption(new Option("--resume", "continue the run in --out").conflicts("overwrite"))
    .option("--overwrite", "replace the run in --out")
    .addOption(jsonOption());
}
