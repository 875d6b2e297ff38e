/**
 * The report's sections, each from a result to HTML.
 *
 * Order and wording are here; drawings come from panels.ts and curves.ts.
 */

import type { CompareResult, ObjectiveRun } from "../compare/result.ts";
import { timesText } from "../compare/verdict.ts";
import { whereNote } from "../compare/where-note.ts";
import { curvesChart } from "./curves.ts";
import { explain } from "./explanations.ts";
import { escapeHtml, figure, htmlTable, swatch } from "./html.ts";
import { duration, grouped, percent, significant } from "./numbers.ts";
import { colour } from "./palette.ts";
import { densityPanel, errorThresholds, fieldPanel, samplesPanel } from "./panels.ts";

/** Width and height of a panel's drawing; it scales with the page. */
export const panelSize = 330;

function titleOf(run: ObjectiveRun): string {
  return escapeHtml(explain(run.name).title);
}

function labelOf(run: ObjectiveRun): string {
  return `${swatch(colour(run.name))}${titleOf(run)}`;
}

/** The results: the true Fisher divergence of each network and what a step cost. */
export function resultsSection(result: CompareResult): string {
  const rows = result.runs.map((run) => [
    labelOf(run),
    `${significant(run.fisher.value)} <span class="soft">± ${significant(run.fisher.standardError, 1)}</span>`,
    percent(run.relative),
    significant(run.millisecondsPerStep, 2),
    duration(run.seconds),
  ]);
  const heads = ["Objective", "Fisher divergence", "of zero score’s", "ms a step", "training"];
  return `${htmlTable(heads, rows)}<p class="soft">${timesText}</p>${perturbedNote(result)}`;
}

/** Why denoising cannot reach zero: it aims at another density. */
function perturbedNote(result: CompareResult): string {
  return result.runs
    .flatMap((run) => (run.perturbed === undefined ? [] : [{ run, target: run.perturbed }]))
    .map(
      ({ run, target }) =>
        `<p class="soft">${titleOf(run)} learns the score of the data blurred with σ = ` +
        `${significant(target.sigma, 2)}. Against that target its divergence is ` +
        `${significant(target.fisher.value)} ± ${significant(target.fisher.standardError, 1)}; ` +
        `whoever learned it perfectly would still be ${significant(target.bias)} from ∇log p.</p>`,
    )
    .join("");
}

/** Figure 1: the density beside samples from it, and the problem in numbers. */
export function dataSection({ problem, settings }: CompareResult): string {
  const components = problem.means.map(([x, y], index) => [
    `(${significant(x, 2)}, ${significant(y, 2)})`,
    significant(problem.weights[index] ?? Number.NaN, 1),
    significant(problem.std, 1),
  ]);
  const [density, samples] = [
    densityPanel(problem, panelSize),
    samplesPanel(problem, problem.samples, panelSize),
  ];
  return (
    `<div class="grid three panel">${figure(density, "<b>Density p</b>, a mixture whose score is known")}` +
    `${figure(samples, `<b>Data</b>, ${grouped(problem.samples.length)} of the ${grouped(settings.rows)} rows the networks saw`)}` +
    `<div class="facts-card">${htmlTable(["Mean", "weight", "std"], components)}` +
    `<p class="soft">The score of a mixture has a closed form, so the distance of a learned score ` +
    `from it can be measured and not only estimated. E½‖∇log p‖² = ${significant(problem.zeroDivergence)}.</p></div></div>`
  );
}

/** Figure 2: the true field beside each learned one. */
export function fieldsSection({ problem, runs }: CompareResult): string {
  const truth = figure(fieldPanel(problem, problem.trueField, panelSize), "<b>Truth</b>, ∇log p");
  const learned = runs.map((run) =>
    figure(
      fieldPanel(problem, run.field, panelSize),
      `<b>${titleOf(run)}</b>, divergence ${significant(run.fisher.value)}`,
    ),
  );
  return `<div class="grid three panel">${[truth, ...learned].join("")}</div>${errorLegend()}`;
}

function errorLegend(): string {
  const [low = 0] = errorThresholds;
  const names = [
    `error below ${low}`,
    ...errorThresholds.map((from, index) => {
      const to = errorThresholds[index + 1];
      return to === undefined ? `above ${from}` : `${from} to ${to}`;
    }),
  ];
  const items = names.map((name, index) => `<li>${swatch(colour(`error${index}`))}${name}</li>`);
  return `<ul class="legend">${items.join("")}</ul>`;
}

/** Figure 3: samples by Langevin dynamics on each learned score. */
export function samplesSection({ problem, runs }: CompareResult): string {
  const truth = figure(samplesPanel(problem, problem.samples, panelSize), "<b>Data</b>");
  const drawn = runs.map((run) =>
    figure(samplesPanel(problem, run.samples, panelSize), `<b>${titleOf(run)}</b>`),
  );
  return `<div class="grid three panel">${[truth, ...drawn].join("")}</div>`;
}

/** Figure 4: Fisher divergence and loss against steps and against time. */
export function curvesSection(result: CompareResult): string {
  const charts = (["fisher", "loss"] as const).flatMap((y) =>
    (["step", "seconds"] as const).map((x) => `<figure>${curvesChart(result, y, x)}</figure>`),
  );
  const legend = result.runs.map((run) => `<li>${labelOf(run)}</li>`).join("");
  return `<ul class="legend">${legend}</ul><div class="grid charts">${charts.join("")}</div>`;
}

/** What each objective is. */
export function objectivesSection({ runs }: CompareResult): string {
  const items = runs.map((run) => {
    const { formula, text } = explain(run.name);
    return `<div><h3>${labelOf(run)}</h3><div class="formula">${formula}</div><p class="soft">${text}</p></div>`;
  });
  return `<div class="about">${items.join("")}</div>`;
}

/** What ran where. */
export function factsSection({ environment, settings, command, seconds }: CompareResult): string {
  const facts: readonly (readonly [string, string])[] = [
    ["Engine", environment.engine],
    ...whereNote(environment).map((note) => ["Device", note] as const),
    ["Node", environment.node],
    ["Platform", environment.platform],
    ["Cores", String(environment.cores)],
    ["Processor", environment.processor],
    ["Network", `2 → ${settings.hidden.join(" → ")} → 2, ${settings.activation}`],
    ["Steps × batch", `${grouped(settings.steps)} × ${settings.batch}`],
    ["Adam, learning rate", `${settings.learningRate}, cosine`],
    ["Average of the weights", String(settings.ema)],
    ["Rows, evaluation rows", `${grouped(settings.rows)}, ${grouped(settings.evaluationRows)}`],
    ["σ, e, projections", `${settings.sigma}, ${settings.radius}, ${settings.projections}`],
    ["Seed", String(settings.seed)],
    ["Everything took", duration(seconds)],
  ];
  const items = facts.map(
    ([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${items.join("")}</dl><pre><code>${escapeHtml(command)}</code></pre>`;
}
