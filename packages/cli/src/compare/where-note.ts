/** Which numbers of a comparison are a device's, for the table and the report. */

import type { Environment } from "./result.ts";

/** One sentence, or none where everything ran on the processor. */
export function whereNote({ backend, adapter }: Environment): string[] {
  if (backend === undefined) return [];
  return [
    `Training steps ran on ${backend} (${adapter}); divergences and samples were computed on the processor.`,
  ];
}
