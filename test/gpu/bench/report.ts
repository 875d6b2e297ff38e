// A run as text: what the command prints, and the part of docs/benchmarks.md that --write replaces.
import { tolerance } from "../../peers/src/agreement.ts";
import { columnName } from "./columns.ts";
import type { Results } from "./results.ts";
import { barsList, brainTable, othersTable, ownTable, trafficTable } from "./tables.ts";

const section = (heading: string, explanation: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`### ${heading}`, explanation, text];

/** Sections of Markdown, headings of the third level. */
export function report(results: Results): string {
  return [
    "### The GPU run",
    runList(results),
    "### The GPU bar",
    barsList(results),
    ...section(
      "Fused pipelines and calls",
      "Milliseconds of a step, median (quartiles), by backend. *Fused*: one pipeline. *Calls*: the same kernels one at a time, each with its inputs uploaded and its result read back; × is calls ÷ fused within a round. *Trainer*: one of ten steps of denoising and Adam in one pipeline, noise drawn on the device.",
      ownTable(results),
    ),
    ...section(
      "What moves",
      "Kernels of a step, and megabytes to the device and back.",
      trafficTable(results),
    ),
    ...section(
      "Others in the browser",
      "Milliseconds of a step in Chromium, and how many times the fused pipeline's on webgpu there it is. Everyone ends with loss and gradients in JavaScript's memory.",
      othersTable(results),
    ),
    ...section(
      "brain.js",
      "It knows one objective, regression, and takes samples one at a time: a pass over B rows is B updates of all weights, where ours is one gradient of the whole batch. The same widths and rows; the nearest equal thing, not the same.",
      brainTable(results),
    ),
    ...section("What the GPU run left out", "", absencesList(results)),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** SwiftShader and its like in words, so that nobody takes them for a GPU. */
export function inWords(adapter: string): string {
  const emulated = /swiftshader|llvmpipe|lavapipe|softpipe/i.exec(adapter);
  if (!emulated) return adapter;
  return `${adapter}: a GPU emulated on the processor; its figures say nothing about GPUs`;
}

function runList({
  machine,
  runtimes,
  quick,
  load,
  participants,
  missing,
  measurements,
}: Results): string {
  const { date, cpu, cores, memoryGiB, system } = machine;
  const busy = Math.max(...load);
  const worst = Math.max(...measurements.flatMap(({ agreement: a }) => [a.value, a.gradients]));
  const adapters = new Map<string, string[]>();
  for (const { column, name, adapter } of participants) {
    const text = adapter === undefined ? name : inWords(adapter);
    adapters.set(text, [...(adapters.get(text) ?? []), columnName(column)]);
  }
  return [
    `* ${date}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; ${runtimes.join(", ")}${quick ? "; a quick run, without the largest sizes" : ""}`,
    `* ${busy.toFixed(1)} processes per core wanted to run${busy > 1.2 ? ": a busy machine, so read ratios, and those as rough" : ""}`,
    `* all results within ${tolerance} of the engine's in f64; the largest relative error was ${worst.toExponential(1)}`,
    ...[...adapters].map(([text, names]) => `* ${text} (${names.join("; ")})`),
    ...missing.map((sentence) => `* missing: ${sentence}`),
  ].join("\n");
}

function absencesList({ absences }: Results): string | undefined {
  if (absences.length === 0) return undefined;
  const lines = absences.map(
    ({ column, task: { objective, sizes }, reason }) =>
      `* ${columnName(column)}, ${objective} [${sizes}]: ${reason}`,
  );
  return lines.join("\n");
}
