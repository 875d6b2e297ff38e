/**
 * Metrics as JSON lines: one object a line, appended as it comes, so that a running file can be followed
 * and a killed run loses at most its last line. A resumed run first drops the lines that lie beyond its
 * checkpoint, which it is about to write again.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { writeFileAtomic } from "./atomic-file.ts";
import { fileError } from "./file-error.ts";
import { requireNumber, requireOptions } from "./preconditions.ts";

export interface MetricsFile {
  /** Appends one line. Numbers that are not finite become null. */
  write(record: object): void;
  close(): void;
}

/**
 * A JSON-lines file at `path`, opened at the first `write`, so that a run that fails before has changed nothing.
 *
 * With `keepThrough`, lines whose `step` is at most that are kept, and a torn last line is dropped; without,
 * the file starts anew.
 */
export function metricsFile(path: string, options: { keepThrough?: number } = {}): MetricsFile {
  const { keepThrough = 0 } = requireOptions("metricsFile", options, { keepThrough: false });
  requireNumber("metricsFile", "keepThrough", keepThrough, "to be a number ≥ 0", (n) => n >= 0);
  let file: number | undefined;
  return {
    write(record) {
      try {
        if (file === undefined) {
          writeFileAtomic(path, keptLines(path, keepThrough));
          file = openSync(path, "a");
        }
        writeSync(file, `${JSON.stringify(record)}\n`);
      } catch (error) {
        throw fileError("write", path, error);
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function keptLines(path: string, keepThrough: number): string {
  if (keepThrough <= 0) return "";
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return "";
    throw error;
  }
  const kept = text.split("\n").filter((line) => stepOfLine(line) <= keepThrough);
  return kept.map((line) => `${line}\n`).join("");
}

/** The step of a line; infinite for a line that is torn or has none. */
function stepOfLine(line: string): number {
  try {
    const { step } = JSON.parse(line) as { step?: unknown };
    return typeof step === "number" ? step : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
