/**
 * The comparison: every objective on the same problem, network, data, budget and seed.
 *
 * Learners run one after the other, so that each step's time is its own.
 */

import { random, type Tensor } from "@cotangent/autodiff";
import { mlp } from "@cotangent/losses";
import { describeEnvironment } from "../environment.ts";
import { trainingFailed } from "../failure.ts";
import type { Interruption } from "../interrupt.ts";
import { type ObjectiveName, objectiveOf } from "../objectives.ts";
import type { TrainingEngine } from "../training-engine.ts";
import { finishRun } from "./finish.ts";
import { learn, type Progressed, type Setting } from "./learner.ts";
import { describeProblem, mixture, points } from "./problem.ts";
import type { CompareResult, CompareSettings, ObjectiveRun } from "./result.ts";

/** What a comparison needs beside its settings. */
export interface CompareOptions {
  readonly settings: CompareSettings;
  readonly names: readonly ObjectiveName[];
  readonly engine: TrainingEngine;
  /** The command line that repeats it, for the report. */
  readonly command: string;
  readonly interruption: Interruption;
  readonly onProgress: (name: ObjectiveName, progressed: Progressed) => void;
}

const drawnSamples = 600;

/** Runs the comparison; undefined when it was interrupted. */
export async function compare(options: CompareOptions): Promise<CompareResult | undefined> {
  const { settings, names, command, interruption, onProgress } = options;
  const { engine, host, place } = options.engine;
  const started = performance.now();
  const keys = random.split(random.key(settings.seed), 3) as [Tensor, Tensor, Tensor];
  const [dataKey, probeKey, finishKey] = keys;
  const setting: Setting = {
    settings,
    network: mlp({ sizes: [2, ...settings.hidden, 2], activation: settings.activation }),
    engine,
    host,
    data: mixture.sample(dataKey, settings.rows),
    probe: mixture.sample(probeKey, 1000),
  };
  const problem = describeProblem(points(setting.data).slice(0, drawnSamples));
  const runs: ObjectiveRun[] = [];
  for (const name of names) {
    const learner = learn(objectiveOf(name, setting.network.score, settings), setting);
    const step = async (): Promise<Awaited<ReturnType<typeof learner.next>>> => {
      try {
        return await learner.next();
      } catch (error) {
        throw trainingFailed(error, name, "give a smaller --learning-rate");
      }
    };
    let next = await step();
    while (!next.done) {
      onProgress(name, next.value);
      await interruption.breathe();
      if (interruption.requested) return undefined;
      next = await step();
    }
    runs.push(finishRun(name, next.value, setting, problem, finishKey));
  }
  return {
    kind: "cotangent-compare",
    version: 1,
    command,
    environment: { ...describeEnvironment(host), ...place },
    settings,
    problem,
    runs,
    seconds: (performance.now() - started) / 1000,
  };
}
