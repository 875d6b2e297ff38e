// What the code generators of kernels share: the module, where buffers lie, and how many lanes a vector has.
import type { Buffer, ScalarCode } from "@cotangent/graph-passes";
import type { Expr, FunctionBuilder, FunctionRef, Local, ModuleBuilder } from "../wasm/index.ts";
import type { Lanes } from "./vectors.ts";

/** The module under construction and its memory. */
export interface ModuleContext {
  readonly module: ModuleBuilder;
  /** Whether the host has the multiply-add of relaxed SIMD. */
  readonly relaxed: boolean;
  /** How many threads there may be; work is cut fine enough for them. */
  readonly threads: number;
  /** Where a kernel reports a wrong index: its number + 1, the index, the element. */
  readonly report: number;
  /** The byte address of a buffer's first element; of a `block`, from `blocks(own)` on. */
  address(buffer: Buffer): number;
  /** Where the thread whose memory is `own` keeps its blocks. */
  blocks(own: Expr): Expr;
  /** The address of bytes that a kernel uses while it runs, and no other at that time. */
  scratch(bytes: number): number;
  /** Bytes that each thread has for itself while it runs a kernel; they lie at the parameter `own`. */
  reserve(bytes: number): void;
}

/** The same, for a kernel whose vectors have `lanes` lanes. */
export interface KernelContext extends ModuleContext {
  readonly lanes: Lanes;
}

/** A kernel, or a band of some, as code: `ref(begin, end, own)` does those of its `units`, in any order and on any thread. */
export interface Phase {
  readonly ref: FunctionRef;
  readonly units: number;
}

const params = { begin: "i32", end: "i32", own: "i32" } as const;
type Params = { readonly [K in keyof typeof params]: Local };

/** A phase whose function is built by `build`. */
export function phase(
  { module }: ModuleContext,
  name: string,
  units: number,
  build: (fb: FunctionBuilder, params: Params) => void,
): Phase {
  return { ref: module.function(name, { params }, build), units };
}

/** 2 where a code touches f64, else 4. */
export function lanesOf(...codes: readonly ScalarCode[]): Lanes {
  const isDouble = codes.some(
    ({ given, loads, steps, stores }) =>
      given.includes("f64") ||
      steps.some(({ dtype }) => dtype === "f64") ||
      [...loads, ...stores.map(({ view }) => view)].some(({ buffer }) => buffer.dtype === "f64"),
  );
  return isDouble ? 2 : 4;
}
