/**
 * report.html: one self-contained page from one result.
 *
 * Inline SVG and CSS, no script, no request. A pure function, so that a saved result draws the
 * same page again. Called by the compare command.
 */

import type { CompareResult } from "../compare/result.ts";
import { closestText } from "../compare/verdict.ts";
import { escapeHtml } from "./html.ts";
import { grouped, significant } from "./numbers.ts";
import { densityDefinition } from "./panels.ts";
import {
  curvesSection,
  dataSection,
  factsSection,
  fieldsSection,
  objectivesSection,
  panelSize,
  resultsSection,
  samplesSection,
} from "./sections.ts";
import { styleSheet } from "./style.ts";
import { reportTitle } from "./titles.ts";

/** The whole page as HTML text. */
export function reportDocument(result: CompareResult): string {
  const sections: readonly (readonly [title: string, text: string, body: string])[] = [
    ["The data", "", dataSection(result)],
    [
      "The learned scores",
      "Arrows point along the score, where the density is not negligible; their length grows " +
        "with the square root of the magnitude, on one scale. The colour of a learned arrow is " +
        "its distance from the true one, ‖s − ∇log p‖.",
      fieldsSection(result),
    ],
    [
      "Samples",
      "Langevin dynamics, x ← x + ηs(x) + √(2η)z, with each learned score, started uniformly over " +
        "the window. Chains hardly cross the gaps, so the shape of each mode is learned and its " +
        "share of the samples is not: that is where the chains began.",
      samplesSection(result),
    ],
    [
      "How they learned",
      "The Fisher divergence to the true score on fresh samples (dashed: a tenth of the zero " +
        "score’s), and the loss above its floor, the value at the score that the objective aims " +
        "at. In expectation that difference is a Fisher divergence too, which puts losses that " +
        "differ by constants on one axis.",
      curvesSection(result),
    ],
    ["The objectives", "", objectivesSection(result)],
    ["What ran where", "", factsSection(result)],
  ];
  const body = sections.map(
    ([title, text, content]) =>
      `<section><h2>${title}</h2>${text === "" ? "" : `<p class="soft">${text}</p>`}${content}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${reportTitle}</title>
<style>${styleSheet()}</style></head>
<body>${densityDefinition(result.problem, panelSize)}<main>
<header><h1>${headline(result)}</h1><p class="lead">${leadSentence(result)}</p></header>
${resultsSection(result)}
${body.join("\n")}
<footer>Written by <code>cotangent compare</code>.</footer>
</main></body></html>
`;
}

function headline({ runs }: CompareResult): string {
  const words = ["No", "One", "Two", "Three", "Four", "Five", "Six"];
  const count = words[runs.length] ?? String(runs.length);
  return `${count} ${runs.length === 1 ? "way" : "ways"} to learn a score from samples`;
}

function leadSentence(result: CompareResult): string {
  const { problem, settings, runs } = result;
  const closing =
    runs.length === 0
      ? ""
      : ` ${escapeHtml(closestText(result))} The zero score has ` +
        `E½‖∇log p‖² = ${significant(problem.zeroDivergence)}.`;
  return (
    `Equal networks, equal data, equal budgets: ${grouped(settings.steps)} steps each, seeing ` +
    `nothing but rows drawn from p. How far is each from ∇log p, measured as ` +
    `E½‖s − ∇log p‖² on fresh samples?${closing}`
  );
}
