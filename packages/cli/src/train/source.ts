/** Training rows: a file of numbers, or one of the named generators. */

import { existsSync } from "node:fs";
import { random } from "@cotangent/autodiff";
import { generators } from "@cotangent/training";
import { readTable, requireTrainable, type Table } from "@cotangent/training/node";
import { requireInRange } from "../data/range.ts";
import { failed } from "../failure.ts";

/** Rows with the names of their columns. */
export interface Source extends Pick<Table, "source" | "columns" | "hasHeader" | "data"> {
  /** The line of each row in its file; generators have none. */
  readonly lines?: readonly number[];
}

/** Reads the file, or draws `rows` rows of the generator of that name. */
export function readSource(source: string, rows: number, seed: number): Source {
  const generator = Object.hasOwn(generators, source) ? generators[source] : undefined;
  if (generator !== undefined && !existsSync(source)) {
    // A key of its own, so that more rows or another split change nothing else.
    const data = generator(random.foldIn(random.key(seed), 0x9e37), rows);
    return { source, columns: ["x", "y"], hasHeader: true, data };
  }
  if (!existsSync(source)) {
    throw failed(
      `${source}: there is no such file, and no generator of that name ` +
        `(${Object.keys(generators).join(", ")})`,
    );
  }
  const table = readTable(source);
  requireInRange(table);
  requireTrainable(table);
  return table;
}
