// The results of a run: what --json writes, and the tables are made of.
import type { Agreement } from "../../peers/src/agreement.ts";
import type { Machine } from "../../peers/src/machine.ts";
import type { StepTask } from "../../peers/src/tasks.ts";
import type { Column } from "./columns.ts";
import type { Traffic } from "./own/unfused.ts";

export interface Measurement {
  readonly column: Column;
  readonly task: StepTask;
  /** Milliseconds of one step, one number a round; the same index is the same round. */
  readonly samples: readonly number[];
  readonly agreement: Agreement;
  /** What one run moves, where it was counted. */
  readonly traffic: Traffic | null;
}

/** A column that was not measured on a task, and why. */
export interface Absence {
  readonly column: Column;
  readonly task: StepTask;
  readonly reason: string;
}

/** Someone who took part. */
export interface Participant {
  readonly column: Column;
  /** Name and version. */
  readonly name: string;
  /** What it ran on, in words; absent where it cannot tell. */
  readonly adapter?: string;
}

export interface Results {
  readonly machine: Machine;
  /** Versions of Node and Chromium. */
  readonly runtimes: readonly string[];
  readonly quick: boolean;
  /** Runnable processes per core over the minute before the run, and before its end. */
  readonly load: readonly [before: number, after: number];
  readonly participants: readonly Participant[];
  /** Those that did not open, each a sentence. */
  readonly missing: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly absences: readonly Absence[];
}

/** The measurement of a column on a task. */
export function find(
  { measurements }: Results,
  column: Column,
  task: StepTask,
): Measurement | undefined {
  return measurements.find((m) => same(m.column, column) && sameTask(m.task, task));
}

export const same = (a: Column, b: Column): boolean =>
  a.way === b.way && a.backend === b.backend && a.host === b.host;

export const sameTask = (a: StepTask, b: StepTask): boolean =>
  a.objective === b.objective && a.sizes.join() === b.sizes.join();
