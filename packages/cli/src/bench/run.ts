/** Times the tasks: each on engine cpu with one thread and several, and steps on the interpreter too. */

import { tree } from "@cotangent/autodiff";
import { compile, peakLoop } from "@cotangent/cpu-kernels";
import { interpreter } from "@cotangent/training";
import { describeEnvironment } from "../environment.ts";
import { failed } from "../failure.ts";
import type { Interruption } from "../interrupt.ts";
import type { BenchResult, TaskResult, Timing } from "./result.ts";
import { alternate, type Contender, type Pace, ratio, spread } from "./rounds.ts";
import type { Task } from "./tasks.ts";

export interface BenchOptions {
  readonly tasks: readonly Task[];
  readonly threads: number;
  readonly pace: Pace;
  readonly interruption: Interruption;
  /** After every round: which share of the task is done, and the time of one call in that round. */
  onRound(task: Task, share: number, milliseconds: number): void;
}

/** Measures; undefined when interrupted. Throws if engines disagree on a value. */
export async function bench(options: BenchOptions): Promise<BenchResult | undefined> {
  const began = performance.now();
  const peak = peakLoop("f32");
  const [results, peaks]: [TaskResult[], number[]] = [[], []];
  for (const task of options.tasks) {
    const measured = await measure(task, peak.run, options);
    if (measured === undefined) return undefined;
    const { times, ...rest } = measured;
    const gflops = (flops: number, of: string): number[] =>
      times[of]!.map((ms) => flops / ms / 1e6);
    const ceiling = gflops(peak.flops, "peak");
    peaks.push(...ceiling);
    const timings = rest.columns.map(({ name, engine, threads }): Timing => {
      const rates = gflops(rest.flops, name);
      return {
        engine,
        threads,
        milliseconds: spread(times[name]!),
        gflops: spread(rates).median,
        shareOfPeak: ratio(rates, ceiling),
        ratio: ratio(times[name]!, times[cpu(1)]!),
      };
    });
    const { part, name, sizes } = task;
    const { flops, firstCall, kernels } = rest;
    results.push({ part, name, sizes, flops, firstCall, timings, kernels });
  }
  const { engine: _, ...machine } = describeEnvironment(interpreter);
  return {
    environment: { ...machine, relaxedSimd: peak.isFused },
    peak: spread(peaks),
    tasks: results,
    seconds: (performance.now() - began) / 1000,
  };
}

const cpu = (threads: number): string => `cpu ${threads}`;

type Column = Contender & Pick<Timing, "engine" | "threads">;

async function measure(
  task: Task,
  peak: () => void,
  { threads, pace, interruption, onRound }: BenchOptions,
) {
  const { f, args } = task;
  const start = performance.now();
  const alone = compile(f, { dtype: "f32" });
  const value = first(alone(...args));
  const firstCall = performance.now() - start;

  const columns: Column[] = [
    { name: cpu(1), engine: "cpu", threads: 1, run: () => alone(...args) },
  ];
  if (threads > 1) {
    const shared = compile(f, { dtype: "f32", threads });
    agree(task, cpu(threads), first(shared(...args)), value);
    const ready = (): boolean => shared.stats().threads === threads;
    const run = (): unknown => shared(...args);
    columns.push({ name: cpu(threads), engine: "cpu", threads, run, ready });
  }
  if (task.part !== "matmul") {
    agree(task, "interpreter", first(f(...args)), value);
    columns.push({ name: "interpreter", engine: "interpreter", threads: 1, run: () => f(...args) });
  }
  const contenders = [...columns, { name: "peak", run: peak }];
  const times = await alternate(contenders, pace, interruption, (share, samples) =>
    onRound(task, share, samples[cpu(1)]!.at(-1)!),
  );
  if (times === undefined) return undefined;
  const { flops, kernels } = alone.stats({ measure: 15 });
  const longest = kernels.toSorted((a, b) => b.milliseconds! - a.milliseconds!);
  return { times, columns, flops, firstCall, kernels: longest };
}

/** The first number of a result: the value of a step. */
const first = (result: unknown): number => Number(tree.flatten(result).leaves[0]!.data[0]);

/** A wrong answer is not worth timing. */
function agree({ name }: Task, engine: string, got: number, expected: number): void {
  if (Math.abs(got - expected) <= 1e-4 * Math.max(1, Math.abs(expected))) return;
  throw failed(`${name}: ${engine} computes ${got}, and ${cpu(1)} ${expected}; please report this`);
}
