// What the code generators of kernels share: the module, where buffers lie, and how many lanes a vector has.
import type { Buffer, ScalarCode } from "@cotangent/graph-passes";
import type { Expr, FunctionRef, ModuleBuilder } from "../wasm/index.ts";
import type { Lanes } from "./vectors.ts";

/** The module under construction and its memory. */
export interface ModuleContext {
  readonly module: ModuleBuilder;
  /** The byte address of a buffer's first element. */
  address(buffer: Buffer): number;
  /** Where a kernel reports a wrong index: its number + 1, the index, the element. */
  readonly report: number;
  /** The address of bytes that one kernel uses while it runs, and no other. */
  scratch(bytes: number): number;
  /** A function of vectors that is more than one instruction. */
  math(name: string, shape: "f32x4" | "f64x2", operands: readonly Expr[]): Expr;
}

/** The same, for a kernel whose vectors have `lanes` lanes. */
export interface KernelContext extends ModuleContext {
  readonly lanes: Lanes;
}

/** A kernel as code: `ref(begin, end)` computes those of its `units`, in any order and on any thread. */
export interface KernelCode {
  readonly ref: FunctionRef;
  readonly units: number;
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
