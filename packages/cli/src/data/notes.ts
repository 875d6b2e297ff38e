/** What a user should know about the data before it trains: repeats, grids, wild values. */

import type { Tensor } from "@cotangent/autodiff";
import type { DuplicateReport } from "@cotangent/training";
import { significant } from "../report/numbers.ts";
import type { Source } from "../train/source.ts";
import { spreadOf } from "./tail-map.ts";
import { columnOf, type Units, wildDistance } from "./units.ts";

/** Beyond this many robust standard deviations a value looks like damage, not like a tail. */
const damageDistance = 1000;

/** What repeated and quantised values mean for the objective. */
export function repeatNotes(
  report: DuplicateReport,
  { objective, dequantise }: { readonly objective: string; readonly dequantise?: boolean },
): string[] {
  if (report.warnings.length === 0) return [];
  const quantised = report.columns.filter((column) => column.quantised).length;
  const found =
    `${report.repeatedRows} of ${report.rows} rows repeat an earlier row, ` +
    `${quantised} of ${report.columns.length} columns are quantised`;
  if (dequantise) return [`${found}: values are spread over their grid cells (--dequantise)`];
  if (objective === "denoising") {
    return [`${found}: harmless here, since denoising adds noise; equal rows stay on one side of a split`];
  }
  return report.warnings.map((warning) => `warning: ${warning}; see --dequantise`);
}

/** Which columns have wild values, and where a value looks damaged. */
export function tailNotes(source: Source, units: Units): string[] {
  const mapped = source.columns.filter((_, j) => units.tails[j] !== null);
  const heavy =
    mapped.length === 0
      ? []
      : [
          `heavy tails, with values over ${wildDistance} robust standard deviations from the median: ` +
            `${mapped.join(", ")}; mapped to normal scores (--tails keep leaves them)`,
        ];
  return [...heavy, ...source.columns.flatMap((name, j) => damageNote(source, name, columnOf(source.data, j)))];
}

function damageNote({ source, lines }: Source, name: string, column: Float64Array): string[] {
  const { median, farthest, distance, scale } = spreadOf(column);
  if (distance < damageDistance) return [];
  const count = column.filter((x) => Math.abs(x - median) > damageDistance * scale).length;
  const line = lines?.[column.indexOf(farthest)];
  const where = line === undefined ? "" : `, line ${line}`;
  return [
    `warning: ${source}${where}: ${name} is ${significant(farthest)}, where its median is ` +
      `${significant(median)} (${count} such values): if a decimal point was lost, mend the file`,
  ];
}
