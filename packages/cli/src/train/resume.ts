/** Resuming: options given again must be those of the run, or the run would not be the same. */

import type { Command } from "commander";
import { misused } from "../failure.ts";
import type { RunConfig } from "../run/config.ts";
import { requireBackend } from "../training-engine.ts";

/** What an option's value is in a run's settings; undefined: not kept, so not checked. */
const settingOf: { readonly [option: string]: (config: RunConfig) => unknown } = {
  objective: ({ model }) => model.objective,
  hidden: ({ model }) => model.hidden,
  activation: ({ model }) => model.activation,
  radius: ({ model }) => model.radius,
  projections: ({ model }) => model.projections,
  steps: ({ training }) => training.steps,
  batch: ({ training }) => training.batch,
  learningRate: ({ training }) => training.learningRate,
  weightDecay: ({ training }) => training.weightDecay,
  clip: ({ training }) => training.clip,
  ema: ({ training }) => training.ema,
  validateEvery: ({ training }) => training.every,
  earlyStop: ({ training }) => training.patience,
  engine: ({ training }) => training.engine,
  backend: ({ training }) => training.backend,
  seed: ({ training }) => training.seed,
  refit: ({ training }) => training.refit,
  outliers: ({ data }) => data.outliers,
  standardise: ({ data }) => data.standardise,
  dequantise: ({ data }) => data.dequantised !== null,
};

/** Options that say nothing about the run itself. */
const free = new Set(["out", "resume", "json"]);

/** Throws when the data or an option on the command line differs from the run's settings. */
export function requireSameOptions(
  config: RunConfig,
  data: string | undefined,
  command: Command,
): void {
  if (data !== undefined && data !== config.data.source) {
    throw misused(
      `--resume: the run was trained on ${config.data.source}, not on ${data}; ` +
        "leave DATA out, or choose another --out",
    );
  }
  const { engine } = config.training;
  requireBackend({ ...command.opts(), engine });
  for (const [name, value] of Object.entries(command.opts())) {
    if (command.getOptionValueSource(name) !== "cli" || free.has(name)) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const known = settingOf[name];
    if (known === undefined) {
      throw misused(`--resume continues with the run's own settings; leave ${flag} out`);
    }
    const kept = known(config);
    // What auto found when the run began is what it goes on with.
    if (name === "backend" && value === "auto") continue;
    if (JSON.stringify(kept) !== JSON.stringify(value)) {
      throw misused(
        `--resume: the run has ${flag} ${String(kept)}, not ${String(value)}; leave it out, or choose another --out`,
      );
    }
  }
}
