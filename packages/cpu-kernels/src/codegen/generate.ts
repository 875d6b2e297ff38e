// A program as one WebAssembly module: a function per kernel, and `run`, which calls them.
//
//   kernel k: (begin, end, own) → its units of work from begin up to end        run: see run.ts
import {
  type Buffer,
  bandOf,
  type Kernel,
  type Program,
  sections,
  timesOf,
} from "@cotangent/graph-passes";
import { placeConstants } from "../math/index.ts";
import { hasRelaxedSimd, i32, ModuleBuilder, op } from "../wasm/index.ts";
import { Arena } from "./arena.ts";
import type { ModuleContext, Phase } from "./context.ts";
import { equationCode } from "./equations/index.ts";
import { loopCode } from "./loop.ts";
import { matmulCode, productOf } from "./matmul.ts";
import { Packs } from "./packs.ts";
import { asReduction } from "./product.ts";
import { reduceCode } from "./reduce.ts";
import { placed, runFunction } from "./run.ts";
import { type CompiledKernel, type Section, sectionsOf } from "./sections.ts";
import { successorsInPlace } from "./successors.ts";
import { transfersOf } from "./transfers.ts";
import { zeroCode } from "./zero.ts";

export interface Generated {
  readonly module: ModuleBuilder;
  readonly arena: Arena;
  readonly kernels: readonly CompiledKernel[];
  /** The phases of all kernels, in their order, by what may run at once. */
  readonly sections: readonly Section[];
  /** During which shared section inputs and outputs may be copied; of those that are not here, before and after the run. */
  readonly transfers: ReadonlyMap<Buffer, number>;
}

function codeOf(
  name: string,
  kernel: Kernel,
  module: ModuleContext,
  packs: Packs,
  number: number,
  isInBand: boolean,
): Phase {
  switch (kernel.kind) {
    case "loop":
      return loopCode(name, kernel, module, isInBand);
    case "reduce":
      return reduceCode(name, kernel, module, isInBand);
    case "matmul":
      return kernel.dtype === "f32" || kernel.dtype === "f64"
        ? matmulCode(name, kernel, module, packs, isInBand)
        : reduceCode(name, asReduction(kernel), module, isInBand);
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

/** Bytes of a page of WebAssembly's memory. */
export const pageBytes = 65536;

export interface GenerateOptions {
  readonly threads?: number;
  /** How many inputs, from the first, are the leaves of a state whose successors are as many outputs. */
  readonly state?: number;
  /** Whether the module's text will be asked for. */
  readonly isPrinted?: boolean;
}

export function generate(
  program: Program,
  { threads = 1, state = 0, isPrinted = false }: GenerateOptions = {},
): Generated {
  const places = successorsInPlace(program, state);
  const times = threads > 1 ? sections(program, places) : timesOf(program);
  const arena = new Arena(program, places, { threads, times });
  // The size of memory is known when all kernels have asked for their scratch, so it is imported.
  const from = { module: "arena", name: "memory" };
  const limits = threads > 1 ? { pages: 0, maximum: 65536, shared: true } : { pages: 0 };
  const module = new ModuleBuilder({ memory: { ...limits, import: from }, isPrinted });
  const sharing =
    threads > 1
      ? {
          now: module.importFunction("arena", "now", [], ["f64"]),
          meanwhile: module.importFunction("arena", "meanwhile", ["i32"], []),
          threads,
        }
      : null;
  placeConstants(module, arena.constants);
  const context: ModuleContext = {
    module,
    relaxed: hasRelaxedSimd(),
    threads,
    report: arena.report,
    address: (buffer) => arena.address(buffer),
    blocks: (own) => op("i32.sub", own, i32(arena.kept)),
    scratch: (bytes) => arena.scratch(bytes),
    reserve: (bytes) => arena.reserve(bytes),
  };
  const packs = new Packs(
    program,
    (kernel) => productOf(kernel, context),
    (number) => bandOf(program, number) !== null,
    (bytes) => arena.keep(bytes),
  );
  const kernels = program.kernels.flatMap((kernel, number): CompiledKernel[] => {
    if (elements(kernel) === 0) return [];
    const name = `k${number}_${kernel.kind}`;
    const own = bandOf(program, number);
    // Threads may be at different kernels of a band. In a section only one has scratch memory: see sections.ts.
    if (own === null || own.first === number) arena.beginKernel();
    const phase = codeOf(name, kernel, context, packs, number, own !== null);
    module.export(name, phase.ref);
    const { hasScratch } = arena;
    return [{ name, kernel, phase, band: own, time: times[number]!, hasScratch }];
  });
  const ordered = sectionsOf(placed(kernels, context), threads);
  runFunction(module, ordered, arena, sharing);
  const transfers = sharing ? transfersOf(program, ordered) : new Map<Buffer, number>();
  return { module, arena, kernels, sections: ordered, transfers };
}
