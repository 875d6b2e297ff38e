// A program as one WebAssembly module: a function per kernel, and `run`, which calls them in order.
//
//   kernel k: (begin, end) → its units of work from begin up to end        run() → 0, or 1 after a wrong index
import { countKernel, type Kernel, type Program } from "@cotangent/graph-passes";
import { placeConstants } from "../math/index.ts";
import {
  call,
  type FunctionRef,
  hasRelaxedSimd,
  i32,
  ifThen,
  load,
  ModuleBuilder,
  ret,
  set,
  store,
} from "../wasm/index.ts";
import { Arena } from "./arena.ts";
import type { KernelCode, ModuleContext, Phase } from "./context.ts";
import { outcome } from "./control.ts";
import { equationCode } from "./equations/index.ts";
import { loopCode } from "./loop.ts";
import { matmulCode, productOf } from "./matmul.ts";
import { Packs } from "./packs.ts";
import { parallel } from "./parallel.ts";
import { asReduction } from "./product.ts";
import { reduceCode } from "./reduce.ts";
import { successorsInPlace } from "./successors.ts";
import { zeroCode } from "./zero.ts";

/** A kernel of the program with its code; kernels over no elements have none. */
export interface CompiledKernel {
  readonly name: string;
  readonly kernel: Kernel;
  readonly phases: KernelCode;
}

export interface Generated {
  readonly module: ModuleBuilder;
  readonly arena: Arena;
  readonly kernels: readonly CompiledKernel[];
  /** Units of the phases that threads share, in order. */
  readonly shared: readonly number[];
}

function codeOf(
  name: string,
  kernel: Kernel,
  module: ModuleContext,
  packs: Packs,
  number: number,
): KernelCode {
  switch (kernel.kind) {
    case "loop":
      return loopCode(name, kernel, module);
    case "reduce":
      return reduceCode(name, kernel, module);
    case "matmul":
      return kernel.dtype === "f32" || kernel.dtype === "f64"
        ? matmulCode(name, kernel, module, packs)
        : reduceCode(name, asReduction(kernel), module);
    case "zero":
      return zeroCode(name, kernel, module);
    case "equation":
      return equationCode(name, kernel, module, number);
  }
}

/** How many elements a kernel writes; 0 means that there is nothing to do. */
function elements(kernel: Kernel): number {
  const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  switch (kernel.kind) {
    case "loop":
      return product(kernel.shape);
    case "reduce":
      return product(kernel.kept);
    case "matmul":
      return product(kernel.batch) * kernel.rows * kernel.columns;
    case "zero":
      return product(kernel.buffer.shape);
    case "equation":
      return Math.max(...kernel.outputs.map(({ shape }) => product(shape)));
  }
}

const mayFail = ({ kernel }: CompiledKernel): boolean =>
  kernel.kind === "equation" && ["gather", "scatterAdd"].includes(kernel.equation.primitive.name);

/** A phase of the program in its place. */
interface Placed extends Phase {
  readonly kernel: CompiledKernel;
  /** Its number among the phases that threads share, or null where one thread does it faster. */
  readonly shared: number | null;
}

/** What a unit of work must take for others to help with it, in nanoseconds of one thread. */
const worthSharing = 20_000;

/** Roughly, how long a kernel takes on one thread, in nanoseconds. */
function estimate(kernel: Kernel): number {
  const { flops, bytes } = countKernel(kernel);
  return flops / (kernel.kind === "matmul" ? 30 : 2) + bytes / 20;
}

function placed(kernels: readonly CompiledKernel[], threads: number): Placed[] {
  let next = 0;
  return kernels.flatMap((kernel) =>
    kernel.phases.map((phase, i): Placed => {
      const isLong = i === kernel.phases.length - 1 && estimate(kernel.kernel) > worthSharing;
      return { ...phase, kernel, shared: threads > 1 && isLong && phase.units > 1 ? next++ : null };
    }),
  );
}

/** `run` calls the phases in order: alone, or with the threads that take part. */
function runFunction(
  module: ModuleBuilder,
  phases: readonly Placed[],
  arena: Arena,
  now: FunctionRef | null,
): void {
  const together = phases.filter(({ shared }) => shared !== null);
  const share = now && together.length > 0 ? parallel(module, together, arena.own(0), now) : null;
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

/** Bytes of a page of WebAssembly's memory. */
export const pageBytes = 65536;

export interface GenerateOptions {
  readonly threads?: number;
  /** How many inputs, from the first, are the leaves of a state whose successors are as many outputs. */
  readonly state?: number;
}

export function generate(
  program: Program,
  { threads = 1, state = 0 }: GenerateOptions = {},
): Generated {
  const arena = new Arena(program, successorsInPlace(program, state));
  // The size of memory is known when all kernels have asked for their scratch, so it is imported.
  const from = { module: "arena", name: "memory" };
  const limits = threads > 1 ? { pages: 0, maximum: 65536, shared: true } : { pages: 0 };
  const module = new ModuleBuilder({ memory: { ...limits, import: from } });
  const now = threads > 1 ? module.importFunction("arena", "now", [], ["f64"]) : null;
  placeConstants(module, arena.constants);
  const context: ModuleContext = {
    module,
    relaxed: hasRelaxedSimd(),
    threads,
    report: arena.report,
    address: (buffer) => arena.address(buffer),
    scratch: (bytes) => arena.scratch(bytes),
    reserve: (bytes) => arena.reserve(bytes),
  };
  const packs = new Packs(
    program,
    (kernel) => productOf(kernel, context),
    (bytes) => arena.allocate(bytes),
  );
  const kernels = program.kernels.flatMap((kernel, number): CompiledKernel[] => {
    if (elements(kernel) === 0) return [];
    const name = `k${number}_${kernel.kind}`;
    arena.beginKernel();
    const phases = codeOf(name, kernel, context, packs, number);
    for (const { ref } of phases) module.export(ref.name, ref);
    return [{ name, kernel, phases }];
  });
  const phases = placed(kernels, threads);
  runFunction(module, phases, arena, now);
  const shared = phases.filter((phase) => phase.shared !== null).map(({ units }) => units);
  return { module, arena, kernels, shared };
}
