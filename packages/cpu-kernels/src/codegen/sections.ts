// Sections: phases that may run at once. Who has done its share of one phase goes on with the next; barriers come between
// the sections that threads share.
//
//   a phase is in the section of those before it unless its kernels wait for theirs or meet them in scratch memory, or one of
//   both is an equation's
import { type Band, countKernel, type Kernel } from "@cotangent/graph-passes";
import type { Phase } from "./context.ts";
import { mostShared } from "./control.ts";

/** A kernel of the program with its code; kernels over no elements have none. */
export interface CompiledKernel {
  readonly name: string;
  readonly kernel: Kernel;
  readonly phase: Phase;
  readonly band: Band | null;
  /** The number of the first kernel that it may run at once with. */
  readonly time: number;
  /** Whether it uses scratch memory, of which there is one for all kernels. */
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

/** Roughly, how long a kernel takes on one thread, in nanoseconds. */
function estimate({ kernel }: CompiledKernel): number {
  const { flops, bytes } = countKernel(kernel);
  return flops / (kernel.kind === "matmul" ? 30 : 2) + bytes / 20;
}

/** Whether a phase runs at no time with another one: equations may take long for their one unit, or meet a wrong index. */
const isAlone = ({ kernels }: Placed): boolean =>
  kernels.some(({ kernel }) => kernel.kind === "equation");
const hasScratch = ({ kernels }: Placed): boolean => kernels.some((kernel) => kernel.hasScratch);

/** Phases, in order, as sections. */
export function sectionsOf(phases: readonly Placed[], threads: number): Section[] {
  const sections: Placed[][] = [];
  let open: Placed[] = [];
  let isScratchTaken = false;
  for (const phase of phases) {
    const isLater = open[0]?.kernels[0]?.time !== phase.kernels[0]!.time;
    if (isLater || [open[0]!, phase].some(isAlone) || (isScratchTaken && hasScratch(phase))) {
      open = [];
      sections.push(open);
      isScratchTaken = false;
    }
    open.push(phase);
    isScratchTaken ||= hasScratch(phase);
  }
  let next = 0;
  return sections.map((own): Section => {
    const time = own.flatMap(({ kernels }) => kernels.map(estimate)).reduce((a, b) => a + b, 0);
    const isWorth = threads > 1 && time > worthSharing && own.some(({ units }) => units > 1);
    return { phases: own, shared: isWorth && next < mostShared ? next++ : null };
  });
}
