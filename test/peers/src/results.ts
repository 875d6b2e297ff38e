// What a run found: plain data, written by --json and read by the tables, the figure and the bars.
import type { Agreement } from "./agreement.ts";
import type { ImplementationId } from "./implementations.ts";
import type { Machine } from "./machine.ts";
import type { Group, Task } from "./tasks.ts";

/** One implementation on one task. */
export interface Measurement {
  readonly group: Group;
  readonly task: Task;
  readonly id: ImplementationId;
  /** Major version; null for PyTorch. */
  readonly node: number | null;
  /** Milliseconds of one run, one number a round; the same index is the same round. */
  readonly samples: readonly number[];
  /** Runs behind each number. */
  readonly repetitions: number;
  readonly agreement: Agreement;
  /** What the compiler says of the task. */
  readonly stats: unknown;
}

/** An implementation that was not measured on a task, and why. */
export interface Absence {
  readonly group: Group;
  readonly task: Task;
  readonly id: ImplementationId;
  readonly node: number | null;
  readonly reason: string;
}

/** Milliseconds of the first call, trace and compilation included, each in a process of its own. */
export interface FirstCall {
  readonly task: Task;
  readonly id: ImplementationId;
  readonly node: number | null;
  readonly samples: readonly number[];
  /** What of each went into tracing and compiling, before anything ran; empty where nobody tells. */
  readonly building?: readonly number[];
}

/** Memory while one step runs on and on. */
export interface MemoryCurve {
  readonly task: Task;
  readonly id: ImplementationId;
  readonly node: number | null;
  readonly points: readonly {
    readonly steps: number;
    readonly rss: number;
    readonly heap: number;
  }[];
}

/** One run of the command's comparison. */
export interface Start {
  readonly engine: "cpu" | "interpreter";
  readonly node: number;
  /** All of the process. */
  readonly seconds: number;
  /** By objective: the Fisher divergence over the seconds of its training. */
  readonly curves: readonly {
    readonly name: string;
    readonly curve: readonly { readonly seconds: number; readonly fisher: number }[];
  }[];
}

/** The in-register f32x4 peak of one core, in each round of a task. */
export interface Peak {
  readonly group: Group;
  readonly task: Task;
  readonly node: number;
  readonly gflops: readonly number[];
}

export interface Results {
  readonly machine: Machine;
  readonly quick: boolean;
  /** Names and versions, by column. */
  readonly names: { readonly [column: string]: string };
  /** Peers that are missing, each a sentence. */
  readonly missing: readonly string[];
  readonly peaks: readonly Peak[];
  readonly measurements: readonly Measurement[];
  readonly absences: readonly Absence[];
  readonly firstCalls: readonly FirstCall[];
  readonly memory: readonly MemoryCurve[];
  readonly starts: readonly Start[];
}
