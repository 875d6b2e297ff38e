// A run as text: what the command prints, and the part of docs/benchmarks.md that --write replaces.

import { tolerance } from "./agreement.ts";
import { judge } from "./bars/judge.ts";
import { withQuartiles } from "./format.ts";
import { nodesIn, peakOf } from "./lookup.ts";
import type { Results } from "./results.ts";
import {
  absencesList,
  barsTable,
  firstCallsTable,
  memoryTable,
  rooflineTable,
  timesTable,
  traceTable,
} from "./tables.ts";

/** Sections of Markdown, headings of the third level. */
export function report(results: Results): string {
  const nodes = nodesIn(results);
  const perNode = (
    heading: string,
    section: (node: number) => string | undefined,
    explanation = "",
  ): string[] =>
    nodes.flatMap((node) => {
      const text = section(node);
      if (text === undefined) return [];
      return [[`### ${heading}, Node ${node}`, explanation, text].filter(Boolean).join("\n\n")];
    });
  const sections = [
    machine(results),
    `### The bars\n\n${barsTable(judge(results, nodes))}`,
    ...perNode("Products", (node) => timesTable(results, "matmul", node)),
    ...perNode("Elementwise chains", (node) => timesTable(results, "chains", node)),
    ...perNode("Steps", (node) => timesTable(results, "steps", node)),
    ...perNode("Shares of the roofline", (node) => rooflineTable(results, node)),
    ...perNode("The exact trace by dimension, H = 128, B = 256", (node) =>
      traceTable(results, node),
    ),
    ...perNode("The first call", (node) => firstCallsTable(results, node)),
    ...perNode("Memory", (node) => memoryTable(results, node)),
  ];
  const absent = absencesList(results);
  if (absent !== "") sections.push(`### What was not measured\n\n${absent}`);
  return `${sections.join("\n\n")}\n`;
}

function machine(results: Results): string {
  const { cpu, cores, memoryGiB, system, features, date } = results.machine;
  const peaks = nodesIn(results).flatMap((node) => {
    const peak = peakOf(results, node);
    return peak ? [`${withQuartiles(peak)} GFLOP/s on Node ${node}`] : [];
  });
  const errors = results.measurements.map(({ agreement }) => agreement.gradients);
  const worst = Math.max(0, ...errors);
  const list = Object.entries(results.names).map(([column, name]) => `  * ${column}: ${name}`);
  return [
    "### The run",
    "",
    `* ${date}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, ${features.join(" ")}${results.quick ? "; a quick run, and noisy" : ""}`,
    `* in-register f32x4 peak of one core: ${peaks.join("; ") || "not measured"}`,
    `* all results within ${tolerance} of the interpreter's in f64; the largest relative error of any array was ${worst.toExponential(1)}`,
    ...results.missing.map((sentence) => `* missing: ${sentence}`),
    "* implementations:",
    ...list,
  ].join("\n");
}
