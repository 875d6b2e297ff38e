// run: the function that calls the phases of all kernels in order, alone or with the threads that take part.
//
//   run(patience) → an outcome: done, a wrong index, or why other threads could not finish
import { countKernel, type Kernel } from "@cotangent/graph-passes";
import { call, i32, ifThen, load, type ModuleBuilder, ret, set, store } from "../wasm/index.ts";
import type { Arena } from "./arena.ts";
import type { KernelCode, Phase } from "./context.ts";
import { mostShared, outcome } from "./control.ts";
import { parallel, type Sharing } from "./parallel.ts";

/** A kernel of the program with its code; kernels over no elements have none. */
export interface CompiledKernel {
  readonly name: string;
  readonly kernel: Kernel;
  readonly phases: KernelCode;
}

const mayFail = ({ kernel }: CompiledKernel): boolean =>
  kernel.kind === "equation" && ["gather", "scatterAdd"].includes(kernel.equation.primitive.name);

/** A phase of the program in its place. */
export interface Placed extends Phase {
  readonly kernel: CompiledKernel;
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

/** The phases in order, with those that are long enough numbered for sharing. */
export function placed(kernels: readonly CompiledKernel[], threads: number): Placed[] {
  let next = 0;
  return kernels.flatMap((kernel) =>
    kernel.phases.map((phase): Placed => {
      const time = estimate(kernel.kernel);
      const isShared = threads > 1 && phase.units > 1 && next < mostShared && time > worthSharing;
      return { ...phase, kernel, shared: isShared ? next++ : null };
    }),
  );
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
    if (phases.some(({ kernel }) => mayFail(kernel)))
      fb.push(store("i32.store", i32(0), i32(0), report));
    for (const { ref, units, kernel, shared } of phases) {
      if (share && shared !== null)
        fb.push(
          set(status, share.share(shared, patience)),
          ifThen(status, ...share.finish, ret(status)),
        );
      else fb.push(call(ref, i32(0), i32(units), i32(arena.own(0))));
      if (mayFail(kernel))
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
