/** What `bench --json` prints, and its table shows: times in milliseconds. */

import type { KernelStats } from "@cotangent/cpu-kernels";
import type { Environment } from "../compare/result.ts";
import type { Spread } from "./rounds.ts";
import type { Part } from "./tasks.ts";

/** One engine on one task. */
export interface Timing {
  readonly engine: "cpu" | "interpreter";
  readonly threads: number;
  readonly milliseconds: Spread;
  /** By the compiler's count of the task's operations. */
  readonly gflops: number;
  /** Of the peak of one core, measured in the same rounds. */
  readonly shareOfPeak: Spread;
  /** This time over that of engine cpu on one thread, round by round. */
  readonly ratio: Spread;
}

/** One task on all engines that run it. */
export interface TaskResult {
  readonly part: Part;
  readonly name: string;
  readonly sizes: readonly number[];
  /** Of one thread, multiply-adds counted as two. */
  readonly flops: number;
  /** Trace, compile and run once, on one thread. The first of a process also loads the compiler. */
  readonly firstCall: number;
  readonly timings: readonly Timing[];
  /** Of engine cpu on one thread, the longest first. */
  readonly kernels: readonly KernelStats[];
}

/** The whole of one run. */
export interface BenchResult {
  readonly environment: Omit<Environment, "engine"> & {
    /** Whether this Node's WebAssembly has relaxed SIMD, and with it a fused multiply-add. */
    readonly relaxedSimd: boolean;
  };
  /** GFLOP/s of one core in registers: f32x4 multiply-adds without memory. */
  readonly peak: Spread;
  readonly tasks: readonly TaskResult[];
  readonly seconds: number;
}
