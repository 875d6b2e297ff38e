/** Reads a saved comparison, so that `--from` draws it again. */

import { failed } from "../failure.ts";
import type { CompareResult } from "./result.ts";

/** The result in the text; `source` names the file in errors. */
export function parseResult(text: string, source: string): CompareResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failed(`${source}: expected JSON that compare --json printed, got other text`, error);
  }
  const { kind, version, runs } = (value ?? {}) as Partial<CompareResult>;
  if (kind !== "cotangent-compare" || version !== 1 || !Array.isArray(runs)) {
    throw failed(`${source}: expected a result that compare --json printed, got other JSON`);
  }
  return value as CompareResult;
}
