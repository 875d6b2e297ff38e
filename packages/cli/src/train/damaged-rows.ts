/** Rows with values that look damaged, such as a lost decimal point: told, and left out if asked to. */

import { outliers, outlierWarnings, takeRows } from "@cotangent/training";
import type { RunConfig } from "../run/config.ts";
import type { Source } from "./source.ts";

/** The rows to go on with, and sentences for the user. */
export interface Screened {
  readonly source: Source;
  readonly notes: readonly string[];
}

/** Warns of values far outside their column's usual range; with "drop" their rows are gone. */
export function screenRows(source: Source, treatment: RunConfig["data"]["outliers"]): Screened {
  const { data, columns, lines } = source;
  const found = outliers(data);
  if (found.length === 0) return { source, notes: [] };
  const [rows = 0] = data.shape;
  const damaged = new Set(found.map(({ row }) => row));
  const warnings = outlierWarnings(found, columns, lines);
  const count = `${damaged.size} of ${rows} rows`;
  if (treatment === "keep") {
    const hint = `${count} hold such values: --outliers drop leaves them out`;
    return { source, notes: [...warnings.map((warning) => `warning: ${warning}`), hint] };
  }
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => !damaged.has(row));
  const { lines: _, ...rest } = source;
  return {
    source: { ...rest, data: takeRows(data, kept) },
    notes: [...warnings, `${count} hold such values and are left out (--outliers drop)`],
  };
}
