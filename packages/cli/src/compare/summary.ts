/** The comparison as text for a terminal: one table, and what it does not show by itself. */

import { explain } from "../report/explanations.ts";
import { duration, percent, significant } from "../report/numbers.ts";
import { textTable } from "../terminal/table.ts";
import type { CompareResult } from "./result.ts";
import { closestText, timesText } from "./verdict.ts";
import { whereNote } from "./where-note.ts";

/** The final table and its notes. */
export function summaryText(result: CompareResult): string {
  const { runs, problem, environment, seconds } = result;
  const heads = [
    "objective",
    "Fisher divergence",
    "±",
    "of zero score's",
    "ms/step",
    "training",
    "engine",
  ];
  const rows = runs.map((run) => [
    run.name,
    significant(run.fisher.value),
    significant(run.fisher.standardError, 1),
    percent(run.relative),
    significant(run.millisecondsPerStep, 2),
    duration(run.seconds),
    environment.backend === undefined
      ? environment.engine
      : `${environment.engine}, ${environment.backend}`,
  ]);
  const notes = [
    `Fisher divergence: E½‖s − ∇log p‖² on fresh samples; the zero score has ${significant(problem.zeroDivergence)}.`,
    closestText(result),
    timesText,
    ...runs.flatMap(({ name, perturbed }) =>
      perturbed === undefined
        ? []
        : [
            `${explain(name).title} learns the score of the data blurred with σ = ${significant(perturbed.sigma, 2)}: ` +
              `${significant(perturbed.fisher.value)} from that target; ` +
              `a perfect learner of it would still be ${significant(perturbed.bias)} from ∇log p.`,
          ],
    ),
    ...whereNote(environment),
    `Took ${duration(seconds)} on ${environment.cores} cores, Node ${environment.node}.`,
  ];
  return `${textTable(heads, rows)}\n\n${notes.join("\n")}`;
}
