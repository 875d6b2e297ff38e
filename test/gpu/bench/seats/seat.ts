// An implementation at the table: it is given a task, runs it when told, and shows its results.
//
// Those of Node sit in this process, those of the browser in a page (page.ts), PyTorch in a process of
// its own. A run ends when loss and all gradients are in JavaScript's memory, or Python's.
import type { NamedArray } from "../../../peers/src/arrays.ts";
import type { Peer, Prepared } from "../../../peers/src/peer.ts";
import type { Task } from "../../../peers/src/tasks.ts";
import type { Traffic } from "../own/unfused.ts";

export interface GpuPrepared extends Prepared {
  /** Training steps of one run (default 1). */
  readonly steps?: number;
}

export interface GpuPeer extends Peer {
  /** What it runs on, in words; absent where it cannot tell. */
  readonly adapter?: string;
  prepare(task: Task, arrays: readonly NamedArray[]): GpuPrepared | Promise<GpuPrepared>;
  close?(): Promise<void>;
}

export interface Seat {
  readonly name: string;
  readonly adapter: string | undefined;
  /** Builds the task and runs it once; the milliseconds of both. */
  prepare(task: Task, arrays: readonly NamedArray[]): Promise<number>;
  /** Milliseconds of one step, over `repetitions` runs. */
  time(repetitions: number): Promise<number>;
  /** Results of the last run. */
  read(): Promise<readonly ArrayLike<number>[]>;
  traffic(): Promise<Traffic | null>;
  release(): Promise<void>;
  close(): Promise<void>;
}

/** A seat in this process. */
export function seatOf(peer: GpuPeer): Seat {
  let prepared: GpuPrepared | undefined;
  const required = (): GpuPrepared => {
    if (prepared) return prepared;
    throw new Error("bench: expected a prepared task, got none; prepare it first");
  };
  const once = async (): Promise<readonly ArrayLike<number>[]> => {
    const task = required();
    await task.run();
    return task.read();
  };
  return {
    name: peer.name,
    adapter: peer.adapter,
    async prepare(task, arrays) {
      const start = performance.now();
      prepared = await peer.prepare(task, arrays);
      await once();
      return performance.now() - start;
    },
    async time(repetitions) {
      const { steps = 1 } = required();
      const start = performance.now();
      for (let i = 0; i < repetitions; i++) await once();
      return (performance.now() - start) / (repetitions * steps);
    },
    read: async () => required().read(),
    traffic: async () => (required().stats?.() as Traffic | undefined) ?? null,
    async release() {
      await prepared?.release?.();
      prepared = undefined;
    },
    close: async () => peer.close?.(),
  };
}
