/** Values that cannot be computed with: near the end of doubles, where squares and sums overflow. */

import type { Table } from "@cotangent/training/node";
import { failed } from "../failure.ts";

/** The largest value whose square, summed over any table's rows, is still a double. */
const largest = 1e150;

/** Throws, naming file, line and column, when a value is so large that its square overflows. */
export function requireInRange({ source, columns, hasHeader, data, lines }: Table): void {
  const at = data.data.findIndex((value) => Math.abs(Number(value)) > largest);
  if (at === -1) return;
  const width = columns.length;
  const column = at % width;
  const name = hasHeader ? ` ("${columns[column]}")` : "";
  throw failed(
    `${source}, line ${lines[Math.floor(at / width)]}, column ${column + 1}${name}: expected a value ` +
      `between -1e150 and 1e150, got ${data.data[at]}; use a larger unit, or correct the value`,
  );
}
