// A program as one WebAssembly module: a function per kernel, and `run`, which calls them in order.
//
//   kernel k: (begin, end) → its units of work from begin up to end        run() → 0, or 1 after a wrong index
import type { Kernel, Program } from "@cotangent/graph-passes";
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
  store,
} from "../wasm/index.ts";
import { Arena } from "./arena.ts";
import type { KernelCode, ModuleContext } from "./context.ts";
import { equationCode } from "./equations/index.ts";
import { loopCode } from "./loop.ts";
import { matmulCode, productOf } from "./matmul.ts";
import { Packs } from "./packs.ts";
import { asReduction } from "./product.ts";
import { reduceCode } from "./reduce.ts";
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

function runFunction(
  module: ModuleBuilder,
  kernels: readonly CompiledKernel[],
  arena: Arena,
): FunctionRef {
  const { report } = arena;
  return module.function("run", { results: ["i32"], export: "run" }, (fb) => {
    if (kernels.some(mayFail)) fb.push(store("i32.store", i32(0), i32(0), { offset: report }));
    for (const kernel of kernels) {
      for (const { ref, units } of kernel.phases)
        fb.push(call(ref, i32(0), i32(units), i32(arena.own(0))));
      if (mayFail(kernel))
        fb.push(ifThen(load("i32.load", i32(0), { offset: report }), ret(i32(1))));
    }
    fb.push(i32(0));
  });
}

/** Bytes of a page of WebAssembly's memory. */
export const pageBytes = 65536;

export function generate(program: Program): Generated {
  const arena = new Arena(program);
  // The size of memory is known when all kernels have asked for their scratch, so it is imported.
  const module = new ModuleBuilder({
    memory: { pages: 0, import: { module: "arena", name: "memory" } },
  });
  placeConstants(module, arena.constants);
  const context: ModuleContext = {
    module,
    relaxed: hasRelaxedSimd(),
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
  runFunction(module, kernels, arena);
  return { module, arena, kernels };
}
