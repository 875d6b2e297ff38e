/** The times as text for a terminal: products, steps, the longest kernels of a step, and what ran. */

import type { KernelStats } from "@cotangent/cpu-kernels";
import { duration, percent, significant } from "../report/numbers.ts";
import { textTable } from "../terminal/table.ts";
import type { BenchResult, TaskResult, Timing } from "./result.ts";
import type { Spread } from "./rounds.ts";

/** Tables, each with what its columns mean. */
export function summaryText(result: BenchResult): string {
  const products = result.tasks.filter(({ part }) => part === "matmul");
  const steps = result.tasks.filter(({ part }) => part !== "matmul");
  const longest = steps.toSorted((a, b) => alone(b) - alone(a)).slice(0, 1);
  const texts = [
    ...(products.length > 0 ? [productTable(products)] : []),
    ...(steps.length > 0 ? [stepTable(steps)] : []),
    ...longest.map(kernelTable),
    machineText(result),
  ];
  return texts.join("\n\n");
}

const alone = ({ timings }: TaskResult): number => timings[0]!.milliseconds.median;

/** A median with its quartiles: 0.81 (0.80–0.85). */
const spreadText = ({ median, lower, upper }: Spread): string =>
  `${significant(median)} (${significant(lower)}–${significant(upper)})`;

const columnName = ({ engine, threads }: Timing): string =>
  engine === "cpu" ? `cpu, ${threads} thread${threads === 1 ? "" : "s"}` : engine;

function productTable(products: readonly TaskResult[]): string {
  const heads = ["product, f32", "engine", "ms (quartiles)", "GFLOP/s", "of peak"];
  const rows = products.flatMap(({ name, timings }) =>
    timings.map((timing) => [
      name,
      columnName(timing),
      spreadText(timing.milliseconds),
      significant(timing.gflops),
      percent(timing.shareOfPeak.median),
    ]),
  );
  const note = "A call copies both matrices in and the product out; the peak is one core's.";
  return `${textTable(heads, rows)}\n${note}`;
}

function stepTable(steps: readonly TaskResult[]): string {
  const heads = [
    "step, f32",
    "engine",
    "ms (quartiles)",
    "× cpu alone",
    "GFLOP/s",
    "first call, ms",
  ];
  const rows = steps.flatMap(({ name, timings, firstCall }) =>
    timings.map((timing, i) => [
      i === 0 ? name : "",
      columnName(timing),
      spreadText(timing.milliseconds),
      i === 0 ? "" : significant(timing.ratio.median),
      significant(timing.gflops),
      i === 0 ? significant(firstCall, 2) : "",
    ]),
  );
  const note =
    "A step is the value and the gradients in all parameters; sizes are [d, hidden, batch].\n" +
    "The first call traces, compiles and runs; the first of a process also warms up the compiler.";
  return `${textTable(heads, rows)}\n${note}`;
}

function kernelTable({ name, kernels }: TaskResult): string {
  const total = kernels.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0);
  const rows = kernels.slice(0, 6).map((kernel) => {
    const { milliseconds = 0, flops } = kernel;
    const rate = milliseconds > 0 ? significant(flops / milliseconds / 1e6) : "–";
    return [work(kernel), significant(milliseconds), percent(milliseconds / total), rate];
  });
  const heads = [`kernels of ${name}`, "ms", "of the step", "GFLOP/s"];
  const rest = kernels.length - rows.length;
  return textTable(heads, rows) + (rest > 0 ? `\nand ${rest} more` : "");
}

/** What a kernel computes: the first of its operations, and how many more are fused with them. */
function work({ operations }: KernelStats): string {
  const rest = operations.length - 4;
  return operations.slice(0, 4).join(" ") + (rest > 0 ? ` and ${rest} more` : "");
}

function machineText({ environment, peak, seconds }: BenchResult): string {
  const { processor, cores, platform, node, relaxedSimd } = environment;
  const simd = relaxedSimd
    ? "relaxed SIMD: multiply-adds are fused"
    : "no relaxed SIMD in this Node: a multiplication, then an addition";
  return (
    `Peak of one core in registers: ${spreadText(peak)} GFLOP/s (f32x4; ${simd}).\n` +
    `Took ${duration(seconds)} on ${processor}, ${cores} cores, ${platform}, Node ${node}.`
  );
}
