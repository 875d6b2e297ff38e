/**
 * Verdicts: a measured number agrees when it is within four standard errors of its prediction.
 *
 *   |measured − predicted| ≤ 4·SE + tolerance
 */

import type { Row } from "./claim.ts";

/** How many standard errors a measured value may be off its prediction. */
export const allowedErrors = 4;

/** Whether the row agrees with its prediction; a NaN never does. */
export function agrees(row: Row, errors: number = allowedErrors): boolean {
  return distance(row) <= errors * row.standardError + row.tolerance;
}

/** How many standard errors the row is off, beyond its tolerance; 0 for an equality that holds. */
export function errorsOff(row: Row): number {
  const { standardError, tolerance } = row;
  const beyond = distance(row) - tolerance;
  if (Number.isNaN(beyond)) return Number.POSITIVE_INFINITY;
  return beyond <= 0 ? 0 : beyond / standardError;
}

/** How far the row is from agreeing: a lower bound is missed from below only. */
function distance({ predicted, measured, atLeast = false }: Row): number {
  return atLeast ? predicted - measured : Math.abs(measured - predicted);
}
