/** The times as text for a terminal: the tasks, the longest kernels of the longest step, and what ran. */

import { duration, percent, significant } from "../report/numbers.ts";
import { textTable } from "../terminal/table.ts";
import type { BenchResult, TaskResult } from "./result.ts";
import type { Spread } from "./rounds.ts";

/** Tables, and what their columns mean. */
export function summaryText(result: BenchResult): string {
  const { tasks, peak, seconds } = result;
  const { processor, cores, platform, node, relaxedSimd } = result.environment;
  const steps = tasks.filter(({ part }) => part !== "matmul");
  const [longest] = steps.toSorted((a, b) => alone(b) - alone(a));
  const simd = relaxedSimd
    ? "relaxed SIMD: multiply-adds are fused"
    : "no relaxed SIMD in this Node: a multiplication, then an addition";
  return [
    taskTable(tasks),
    "matmul n: C = A B of [n, n]; the others are steps: the value and the gradients in all parameters,\n" +
      "[d, hidden, batch]. All in f32; × cpu 1 is the ratio of times within rounds; the peak is one core's.\n" +
      "The first call traces, compiles and runs; the first of a process also warms up the compiler.",
    ...(longest ? [kernelTable(longest)] : []),
    `Peak of one core in registers: ${spreadText(peak)} GFLOP/s (f32x4; ${simd}).\n` +
      `Took ${duration(seconds)} on ${processor}, ${cores} cores, ${platform}, Node ${node}.`,
  ].join("\n\n");
}

const alone = ({ timings }: TaskResult): number => timings[0]!.milliseconds.median;

/** A median with its quartiles: 0.81 (0.80–0.85). */
const spreadText = ({ median, lower, upper }: Spread): string =>
  `${significant(median)} (${significant(lower)}–${significant(upper)})`;

function taskTable(tasks: readonly TaskResult[]): string {
  const heads = [
    "task",
    "engine",
    "ms (quartiles)",
    "× cpu 1",
    "GFLOP/s",
    "of peak",
    "first call, ms",
  ];
  const rows = tasks.flatMap(({ name, timings, firstCall }) =>
    timings.map(({ engine, threads, milliseconds, ratio, gflops, shareOfPeak }, i) => [
      i === 0 ? name : "",
      engine === "cpu" ? `cpu ${threads}` : engine,
      spreadText(milliseconds),
      i === 0 ? "" : significant(ratio.median),
      significant(gflops),
      percent(shareOfPeak.median),
      i === 0 ? significant(firstCall, 2) : "",
    ]),
  );
  return textTable(heads, rows);
}

function kernelTable({ name, kernels }: TaskResult): string {
  const total = kernels.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0);
  const rows = kernels.slice(0, 6).map(({ operations, milliseconds = 0, flops }) => {
    const rest = operations.length - 4;
    return [
      operations.slice(0, 4).join(" ") + (rest > 0 ? ` and ${rest} more` : ""),
      significant(milliseconds),
      percent(milliseconds / total),
      significant(flops / milliseconds / 1e6),
    ];
  });
  const heads = [`kernels of ${name}`, "ms", "of the step", "GFLOP/s"];
  const rest = kernels.length - rows.length;
  return textTable(heads, rows) + (rest > 0 ? `\nand ${rest} more` : "");
}
