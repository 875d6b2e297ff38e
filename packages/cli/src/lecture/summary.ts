/** The lecture as text for a terminal: a table of every number, its prediction and the verdict. */

import { duration, significant } from "../report/numbers.ts";
import { textTable } from "../terminal/table.ts";
import type { Row } from "./claim.ts";
import type { ClaimResult, LectureResult } from "./result.ts";
import { agrees } from "./verdict.ts";

/** A row's numbers as text: predicted, measured, ±, verdict. */
export function rowCells(row: Row): readonly [string, string, string, string] {
  const { predicted, measured, standardError } = row;
  return [
    `${row.atLeast ? "≥ " : ""}${numberText(predicted)}`,
    standardError === 0
      ? equalText(row)
      : significant(measured, digitsFor(measured, standardError)),
    standardError === 0 ? "exact" : `± ${significant(standardError, 2)}`,
    agrees(row) ? "holds" : "OFF",
  ];
}

/** Six digits at most, and none that are zeros at the end. */
function numberText(value: number): string {
  const text = significant(value, 6);
  return /[.]/.test(text) && !/e/.test(text) ? text.replace(/\.?0+$/, "") : text;
}

/** A measured equality: as many digits as agree with the prediction are shown as the prediction is. */
function equalText({ predicted, measured, tolerance }: Row): string {
  if (Math.abs(measured - predicted) > tolerance) return significant(measured, 9);
  if (predicted === 0) return measured === 0 ? "0" : significant(measured, 1);
  return numberText(measured);
}

/** Digits so that the last is about a tenth of the standard error. */
function digitsFor(value: number, error: number): number {
  const span = Math.log10(Math.abs(value) / error);
  return Math.max(2, Math.min(7, Math.ceil((Number.isFinite(span) ? span : 0) + 1.5)));
}

/** The whole table and what it took. */
export function summaryText({ claims, seconds, environment }: LectureResult): string {
  const heads = ["claim", "predicted", "measured", "error", "verdict"];
  const rows = claims.flatMap((claim) => [
    [
      `${claim.name} [${claim.time}]`,
      ...(claim.skipped === undefined ? [] : ["", "", "", "skipped"]),
    ],
    ...claim.rows.map((row) => [`  ${row.what}`, ...rowCells(row)]),
  ]);
  const skipped = claims.filter((claim) => claim.skipped !== undefined);
  return [
    textTable(heads, rows),
    "",
    verdictText(claims),
    ...skipped.map(({ name, skipped: why }) => `${name}: skipped, ${why}`),
    `Took ${duration(seconds)} on ${environment.cores} cores, Node ${environment.node}, engine ${environment.engine}.`,
  ].join("\n");
}

/** How many claims hold. */
export function verdictText(claims: readonly ClaimResult[]): string {
  const measured = claims.filter((claim) => claim.skipped === undefined);
  const numbers = measured.reduce((sum, { rows }) => sum + rows.length, 0);
  const wrong = measured.filter((claim) => !claim.agrees).map(({ name }) => name);
  const holds = measured.length - wrong.length;
  const of = `${holds} of ${measured.length} claims hold (${numbers} numbers)`;
  return wrong.length === 0
    ? `${of}.`
    : `${of}; off by more than four standard errors: ${wrong.join(", ")}.`;
}
