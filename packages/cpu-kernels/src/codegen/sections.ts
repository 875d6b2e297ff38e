// Sections: the phases between two barriers. Who has done its share of one phase goes on with the next.
//
//   a phase is in the section of those before it unless one writes what the other reads or writes
//
// The gradients of a layer's weights, of its biases and of its inputs all wait for the layer above, not for each other.
// Judged by memory, not by buffers: what the plan gives away twice is one place.
import {
  accessesOf,
  type Band,
  type Buffer,
  countKernel,
  type Kernel,
} from "@cotangent/graph-passes";
import { type Arena, byteLength } from "./arena.ts";
import type { KernelCode, Phase } from "./context.ts";
import { mostShared } from "./control.ts";

/** A kernel of the program with its code; kernels over no elements have none. */
export interface CompiledKernel {
  readonly name: string;
  readonly kernel: Kernel;
  readonly phases: KernelCode;
  readonly band: Band | null;
  /** Whether it has memory that other kernels have, too, while they run. */
  readonly hasScratch: boolean;
}

/** A phase of the program and the kernels that run in it. */
export interface Placed extends Phase {
  readonly kernels: readonly CompiledKernel[];
}

export interface Section {
  readonly phases: readonly Placed[];
  /** Its number among those that threads share, or null where one thread does it faster. */
  readonly shared: number | null;
}

/** Whether a kernel may meet a wrong index, which is asked for when it is done. */
export const mayFail = ({ kernel }: CompiledKernel): boolean =>
  kernel.kind === "equation" && ["gather", "scatterAdd"].includes(kernel.equation.primitive.name);

/** What a section must take for others to help with it, in nanoseconds of one thread. */
const worthSharing = 5_000;

/** Phases of a section at most: each is compared with all others. */
const longest = 32;

/** Roughly, how long a kernel takes on one thread, in nanoseconds. */
function estimate({ kernel }: CompiledKernel): number {
  const { flops, bytes } = countKernel(kernel);
  return flops / (kernel.kind === "matmul" ? 30 : 2) + bytes / 20;
}

type Range = readonly [from: number, to: number];

/** The memory that a phase reads and writes, but for what each thread has for itself. */
interface Touched {
  readonly reads: readonly Range[];
  readonly writes: readonly Range[];
  readonly hasScratch: boolean;
  readonly mayFail: boolean;
}

function touchedBy({ kernels }: Placed, arena: Arena): Touched {
  const accesses = kernels.map(({ kernel }) => accessesOf(kernel));
  const rangeOf = (buffer: Buffer): Range => {
    const from = arena.address(buffer);
    return [from, from + byteLength(buffer)];
  };
  const rangesOf = (views: readonly { readonly buffer: Buffer }[]): Range[] =>
    [...new Set(views.map(({ buffer }) => buffer))]
      .filter(({ role }) => role !== "block")
      .map(rangeOf);
  return {
    reads: rangesOf(accesses.flatMap(({ reads }) => reads)),
    writes: rangesOf(accesses.flatMap(({ writes }) => writes)),
    hasScratch: kernels.some(({ hasScratch }) => hasScratch),
    mayFail: kernels.some(mayFail),
  };
}

const overlap = (some: readonly Range[], others: readonly Range[]): boolean =>
  some.some(([from, to]) => others.some(([start, end]) => start < to && from < end));

/** Whether two phases may run at once. */
const areApart = (a: Touched, b: Touched): boolean =>
  !(a.mayFail || b.mayFail) &&
  !(a.hasScratch && b.hasScratch) &&
  !overlap(a.writes, b.writes) &&
  !overlap(a.writes, b.reads) &&
  !overlap(a.reads, b.writes);

/** Phases, in order, as sections: with one thread, each is one. */
export function sectionsOf(phases: readonly Placed[], arena: Arena, threads: number): Section[] {
  if (threads === 1) return phases.map((phase) => ({ phases: [phase], shared: null }));
  const sections: Placed[][] = [];
  let open: Touched[] = [];
  for (const phase of phases) {
    const touched = touchedBy(phase, arena);
    const goesOn = open.length < longest && open.every((before) => areApart(before, touched));
    if (goesOn && sections.length > 0) sections.at(-1)!.push(phase);
    else {
      sections.push([phase]);
      open = [];
    }
    open.push(touched);
  }
  let next = 0;
  return sections.map((own): Section => {
    const kernels = own.flatMap((phase) => phase.kernels);
    const time = kernels.reduce((sum, kernel) => sum + estimate(kernel), 0);
    const isWorth = time > worthSharing && own.some(({ units }) => units > 1);
    return { phases: own, shared: isWorth && next < mostShared ? next++ : null };
  });
}
