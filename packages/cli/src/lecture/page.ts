/**
 * lecture/index.html: one self-contained page from one result.
 *
 * For each claim the statement, the formula, the numbers beside their predictions, the figure, and the
 * code that ran, one click away. Inline SVG and CSS, no script, no request.
 */

import { escapeHtml, figure, htmlTable } from "../report/html.ts";
import { duration } from "../report/numbers.ts";
import { styleSheet } from "../report/style.ts";
import { pageTitle } from "./names.ts";
import type { ClaimResult, LectureResult } from "./result.ts";
import { rowCells, verdictText } from "./summary.ts";

const ownStyle = `
main{max-width:940px}
section{border-top:1px solid var(--line);padding-top:1.6rem;margin-top:2.6rem}
section h2{margin:.1rem 0 .3rem}
.time{font-size:.82rem;color:var(--soft);font-variant-numeric:tabular-nums;letter-spacing:.02em}
.verdict{float:right;font-size:.82rem;font-weight:600;padding:.1rem .6rem;border:1px solid var(--line);border-radius:1em}
.verdict.off{border-color:var(--error3);color:var(--error3)}
.claim-figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:22px;margin:1.2rem 0}
.claim-figures figure{max-width:560px}
.formula{font-size:1.12rem;margin:.2rem 0 1rem}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--soft);font-size:.9rem}
details pre{font-size:.8rem;line-height:1.5}
td:nth-child(4),th:nth-child(4){color:var(--soft)}
tbody th{font-weight:400;white-space:normal}
tr.off th,tr.off td{color:var(--error3);font-weight:600}
nav{columns:2;font-size:.92rem;margin:1.4rem 0}nav a{color:inherit;display:block;padding:.1rem 0}
@media (max-width:720px){nav{columns:1}}`;

/** The whole page as HTML text. */
export function lecturePage(result: LectureResult): string {
  const { claims, environment, seed, seconds, command } = result;
  const contents = claims.map(
    ({ name, time, title, ...claim }) =>
      `<a href="#${name}"><span class="time">${time}</span> ${escapeHtml(title)} <span class="soft">${verdictOf(claim)}</span></a>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${pageTitle}</title>
<style>${styleSheet()}${ownStyle}</style></head>
<body><main>
<header><h1>${pageTitle}</h1>
<p class="lead">Each measurable claim of the lecture, with what it predicts and what came out. ${verdictText(claims)}
An equality holds to rounding; any other number is the mean of independent replicates, ± its standard error, and holds
within four of them.</p></header>
<nav>${contents.join("")}</nav>
${claims.map(claimSection).join("\n")}
<footer><pre><code>${escapeHtml(command)}</code></pre>
Seed ${seed}, engine ${environment.engine}, Node ${environment.node}, ${environment.platform}, ${environment.cores} cores
(${escapeHtml(environment.processor)}); took ${duration(seconds)}.</footer>
</main></body></html>
`;
}

function verdictOf({ agrees, skipped }: Pick<ClaimResult, "agrees" | "skipped">): string {
  if (skipped !== undefined) return "skipped";
  return agrees ? "holds" : "off";
}

function claimSection(claim: ClaimResult): string {
  const { name, time, title, statement, formula, rows, figures, code, skipped } = claim;
  const verdict = verdictOf(claim);
  const drawings = figures.map(({ svg, caption }) => figure(svg, caption)).join("");
  return (
    `<section id="${name}"><span class="verdict ${verdict}">${verdict}</span><div class="time">[${time}]</div>` +
    `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(statement)}</p><div class="formula">${escapeHtml(formula)}</div>` +
    (skipped === undefined ? "" : `<p class="soft">Skipped: ${escapeHtml(skipped)}.</p>`) +
    (drawings === "" ? "" : `<div class="claim-figures">${drawings}</div>`) +
    (rows.length === 0 ? "" : numbersTable(claim)) +
    `<details><summary>The code that ran</summary><pre><code>${escapeHtml(code)}</code></pre></details></section>`
  );
}

/** The numbers, open when they are few. */
function numbersTable({ rows, agrees }: ClaimResult): string {
  const cells = rows.map((row) => [escapeHtml(row.what), ...rowCells(row)]);
  const table = htmlTable(["", "predicted", "measured", "", ""], cells).replaceAll(
    /<tr>(?=(?:(?!<\/tr>).)*<td>OFF<\/td>)/g,
    '<tr class="off">',
  );
  if (rows.length <= 8 || !agrees) return table;
  return `<details open><summary>${rows.length} numbers</summary>${table}</details>`;
}
