// One implementation, as a process hosts it. A file in peers/ exports one of these.
import type { NamedArray } from "./arrays.ts";
import type { Task } from "./tasks.ts";

/** A task ready to run, again and again on the same inputs. */
export interface Prepared {
  /** Runs it once, to the end: every result is computed when this returns, or resolves. */
  run(): void | Promise<void>;
  /** Results of the last run: [value, ...gradients] of a step, the one array of any other task. */
  read(): readonly ArrayLike<number>[] | Promise<readonly ArrayLike<number>[]>;
  /** Milliseconds of `repetitions` runs, where not all that `run` does is to be counted. */
  time?(repetitions: number): number;
  /** Milliseconds of the first run that went into tracing and compiling, before anything was computed. */
  building?(): number;
  /** What the implementation can say of the compiled task, such as its counted operations. */
  stats?(): unknown;
  /** Frees what the task holds. */
  release?(): void;
}

export interface Peer {
  /** Name and version, as the table shows it. */
  readonly name: string;
  /** Builds the task; the first `run` may still compile. */
  prepare(task: Task, arrays: readonly NamedArray[]): Prepared | Promise<Prepared>;
  /** The most multiplications and additions a second that a core does on f32x4, in GFLOP/s. */
  peak?(): number | Promise<number>;
}
