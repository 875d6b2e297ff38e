/** What `cotangent lecture` measured, as plain JSON: the table, `--json` and the page read this. */

import type { Environment } from "../compare/result.ts";
import type { Figure, Row, Statement } from "./claim.ts";

/** One claim with what came of it. */
export interface ClaimResult extends Statement {
  readonly code: string;
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
  /** Why nothing was measured. */
  readonly skipped?: string;
  /** Whether every row is within four standard errors of its prediction. */
  readonly agrees: boolean;
  readonly seconds: number;
}

/** The whole result. */
export interface LectureResult {
  readonly kind: "cotangent-lecture";
  readonly version: 1;
  readonly command: string;
  readonly environment: Environment;
  readonly seed: number;
  readonly claims: readonly ClaimResult[];
  readonly seconds: number;
}
