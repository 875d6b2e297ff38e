/** Preparing a run whose rows may be too few or too alike: refused with the file and what to do. */

import { duplicateReport } from "@cotangent/training";
import { exitCodeOf, exitCodes, failed, sentenceOf } from "../failure.ts";
import type { TrainOptions } from "./options.ts";
import { type PreparedRun, prepareRun } from "./prepare.ts";
import type { Source } from "./source.ts";

/** Prepares the run; what is wrong with the rows is told with their file and what to do. */
export function prepareChecked(source: Source, options: TrainOptions): PreparedRun {
  const parts = [options.validation, options.test].filter((part) => part > 0).length;
  const different = duplicateReport(source.data, source.columns);
  const got = different.rows - different.repeatedRows;
  if (got < 2 + parts) {
    throw failed(
      `${source.source}: expected at least ${2 + parts} different rows, 2 to train on and 1 for each part held out, ` +
        `got ${got}; add rows, or keep all for training with --test 0 --validation 0`,
    );
  }
  try {
    const prepared = prepareRun(source, options);
    requireFinite(prepared.standardiser.toJSON());
    requireFinite(prepared.refitStandardiser?.toJSON());
    return prepared;
  } catch (error) {
    if (exitCodeOf(error) === exitCodes.usage) throw error;
    throw failed(`${source.source}: in the training rows, ${sentenceOf(error)}`, error);
  }
}

/** Throws when a number among the values is not finite, which JSON would keep as null. */
function requireFinite(value: unknown): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw failed("expected columns whose spread fits doubles; use another unit for them");
  }
  if (typeof value === "object" && value !== null) Object.values(value).forEach(requireFinite);
}
