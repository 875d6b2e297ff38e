/**
 * The main figure alone, as one SVG for a README: score fields above, Langevin samples below.
 *
 * The panels are those of the report, with the light colours in place and a background of its own,
 * so that it reads the same wherever it is shown.
 */

import type { CompareResult, ObjectiveRun, Problem } from "../compare/result.ts";
import { explain } from "./explanations.ts";
import { escapeHtml } from "./html.ts";
import { percent } from "./numbers.ts";
import { colour, resolveColours } from "./palette.ts";
import { densityDefinition, fieldPanel, samplesPanel } from "./panels.ts";
import { figureLabel } from "./titles.ts";

const layout = { panel: 190, gap: 14, margin: 18, head: 44, label: 20 } as const;

/** The figure as SVG text. */
export function standaloneFigure({ problem, runs }: CompareResult): string {
  const { panel, gap, margin, head } = layout;
  const columns = [truthColumn(problem), ...runs.map((run) => learnedColumn(problem, run))];
  const width = 2 * margin + columns.length * panel + (columns.length - 1) * gap;
  const height = margin + head + 2 * panel + gap + margin;
  const placed = columns.map((column, index) =>
    drawColumn(column, margin + index * (panel + gap), margin),
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" font-family="Inter,system-ui,-apple-system,'Segoe UI',sans-serif" ` +
    `role="img" aria-label="${figureLabel}">` +
    `<rect width="${width}" height="${height}" rx="10" fill="${colour("card")}"/>` +
    densityDefinition(problem, layout.panel) +
    `${placed.join("")}</svg>\n`;
  return resolveColours(svg);
}

interface Column {
  readonly title: string;
  readonly subtitle: string;
  readonly field: string;
  readonly samples: string;
}

function truthColumn(problem: Problem): Column {
  return {
    title: "Truth",
    subtitle: "∇log p, and data",
    field: fieldPanel(problem, problem.trueField, layout.panel),
    samples: samplesPanel(problem, problem.samples, layout.panel),
  };
}

function learnedColumn(problem: Problem, run: ObjectiveRun): Column {
  return {
    title: escapeHtml(explain(run.name).title),
    subtitle: `${percent(run.relative)} of the zero score’s divergence`,
    field: fieldPanel(problem, run.field, layout.panel),
    samples: samplesPanel(problem, run.samples, layout.panel),
  };
}

function drawColumn({ title, subtitle, field, samples }: Column, x: number, y: number): string {
  const { panel, gap, head } = layout;
  const place = (svg: string, top: number): string =>
    svg.replace("<svg ", `<svg x="${x}" y="${top}" `) + frame(x, top);
  return (
    `<text x="${x}" y="${y + 14}" font-size="14" font-weight="600" fill="${colour("ink")}">${title}</text>` +
    `<text x="${x}" y="${y + 32}" font-size="11" fill="${colour("soft")}">${subtitle}</text>` +
    place(field, y + head) +
    place(samples, y + head + panel + gap)
  );
}

function frame(x: number, y: number): string {
  const { panel } = layout;
  return `<rect x="${x}" y="${y}" width="${panel}" height="${panel}" rx="4" fill="none" stroke="${colour("line")}"/>`;
}
