// run: the function that calls the phases of all kernels in order, alone or with the threads that take part.
//
//   run(patience) → an outcome: done, a wrong index, or why other threads could not finish
import { type Band, countKernel, type Kernel } from "@cotangent/graph-passes";
import {
  call,
  forRange,
  i32,
  ifThen,
  load,
  type ModuleBuilder,
  op,
  ret,
  set,
  store,
} from "../wasm/index.ts";
import type { Arena } from "./arena.ts";
import { type KernelCode, type ModuleContext, type Phase, phase } from "./context.ts";
import { mostShared, outcome } from "./control.ts";
import { parallel, type Sharing } from "./parallel.ts";

/** A kernel of the program with its code; kernels over no elements have none. */
export interface CompiledKernel {
  readonly name: string;
  readonly kernel: Kernel;
  readonly phases: KernelCode;
  readonly band: Band | null;
}

const mayFail = ({ kernel }: CompiledKernel): boolean =>
  kernel.kind === "equation" && ["gather", "scatterAdd"].includes(kernel.equation.primitive.name);

/** A phase of the program in its place. */
export interface Placed extends Phase {
  /** The kernels that run in it. */
  readonly kernels: readonly CompiledKernel[];
  /** Its number among the phases that threads share, or null where one thread does it faster. */
  readonly shared: number | null;
}

/** What a phase must take for others to help with it, in nanoseconds of one thread. */
const worthSharing = 5_000;

/** Roughly, how long a kernel takes on one thread, in nanoseconds. */
function estimate(kernel: Kernel): number {
  const { flops, bytes } = countKernel(kernel);
  return flops / (kernel.kind === "matmul" ? 30 : 2) + bytes / 20;
}

/** The kernels of a band as one phase: for each block, one after the other. */
function bandPhase(
  context: ModuleContext,
  { first, blocks }: Band,
  kernels: readonly CompiledKernel[],
): Phase {
  return phase(context, `band${first}`, blocks, (fb, { begin, end, own }) =>
    fb.push(
      ...forRange(fb, { local: "block", from: begin, to: end }, (block) =>
        kernels.flatMap(({ phases }) =>
          phases.map(({ ref, units }) => {
            const from = op("i32.mul", block, i32(units / blocks));
            return call(ref, from, op("i32.add", from, i32(units / blocks)), own);
          }),
        ),
      ),
    ),
  );
}

/** The phases in order, with those that are long enough numbered for sharing. */
export function placed(kernels: readonly CompiledKernel[], context: ModuleContext): Placed[] {
  const phases: Omit<Placed, "shared">[] = [];
  for (const kernel of kernels) {
    const { band, phases: own } = kernel;
    if (band === null) phases.push(...own.map((part) => ({ ...part, kernels: [kernel] })));
    else if (kernels.find((other) => other.band === band) === kernel) {
      const members = kernels.filter((other) => other.band === band);
      phases.push({ ...bandPhase(context, band, members), kernels: members });
    }
  }
  let next = 0;
  return phases.map((part): Placed => {
    const time = part.kernels.reduce((sum, { kernel }) => sum + estimate(kernel), 0);
    const isWorth = context.threads > 1 && part.units > 1 && time > worthSharing;
    return { ...part, shared: isWorth && next < mostShared ? next++ : null };
  });
}

/** Adds `run` to the module. */
export function runFunction(
  module: ModuleBuilder,
  phases: readonly Placed[],
  arena: Arena,
  sharing: Pick<Sharing, "now" | "threads"> | null,
): void {
  const together = phases.filter(({ shared }) => shared !== null);
  const share =
    sharing && together.length > 0
      ? parallel(module, together, { ...sharing, own: arena.own(0) })
      : null;
  const params = { patience: "f64" } as const;
  module.function("run", { params, results: ["i32"], export: "run" }, (fb, { patience }) => {
    const status = fb.local("status", "i32");
    const report = { offset: arena.report };
    if (phases.some(({ kernels }) => kernels.some(mayFail)))
      fb.push(store("i32.store", i32(0), i32(0), report));
    for (const { ref, units, kernels, shared } of phases) {
      if (share && shared !== null)
        fb.push(
          set(status, share.share(shared, patience)),
          ifThen(status, ...share.finish, ret(status)),
        );
      else fb.push(call(ref, i32(0), i32(units), i32(arena.own(0))));
      if (kernels.some(mayFail))
        fb.push(
          ifThen(
            load("i32.load", i32(0), report),
            ...(share?.finish ?? []),
            ret(i32(outcome.wrongIndex)),
          ),
        );
    }
    fb.push(...(share?.finish ?? []), i32(outcome.done));
  });
}
