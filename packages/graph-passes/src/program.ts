// A program: what a traced graph becomes before a compiler turns it into machine code.
//
//   buffers    contiguous row-major memory, one dtype each
//   kernels    run in order; each reads and writes buffers through strided views
//
// Nothing here knows WebAssembly or a GPU: both compilers read this.
import type { DType, Equation, Shape, Structure, TypedArray } from "@cotangent/autodiff";

export type { Shape };

/**
 * Contiguous row-major memory. Constants carry their data; inputs and outputs are numbered. `block`: what kernels of a band
 * hand on to each other, of one block; whoever computes a block has one.
 */
export interface Buffer {
  /** Unique within the program; printed. */
  readonly id: number;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly role: "input" | "constant" | "temporary" | "output" | "block";
  /** The data of a constant. */
  readonly data?: TypedArray;
}

/** Element (i0, i1, …) of an iteration space lies at `offset + Σ iₖ·strides[k]` of the buffer, in elements. */
export interface View {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * One scalar operation, named as the engine's primitive; `inputs` index the values before it.
 *
 * `dtype` is that of the result: bool for comparisons, the new one for `astype`. There are no other parameters.
 */
export interface Step {
  readonly op: string;
  readonly inputs: readonly number[];
  readonly dtype: DType;
  /** The value of a `constant` step. */
  readonly value?: number;
}

/**
 * What is computed for one element. Its values are numbered: first those that the kernel provides
 * (`given`: 1 in an epilogue, the product or the reduction; else 0), then the loads, then the steps.
 */
export interface ScalarCode {
  readonly given: readonly DType[];
  readonly loads: readonly View[];
  readonly steps: readonly Step[];
  readonly stores: readonly Store[];
}

/** Writes a value through a view, whose strides are never 0 along an axis longer than 1. */
export interface Store {
  readonly view: View;
  readonly value: number;
}

/** For every element of `shape` ([]: one element): loads, steps, stores. No two stores overlap. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly shape: Shape;
  readonly code: ScalarCode;
}

/**
 * Values over `kept × reduced`, folded over `reduced`; the epilogue runs over `kept`.
 *
 * Both lists of axes are in the row-major order of what is folded, so that its contiguous axis is the last of
 * the one that holds it: rows when it is reduced, columns when it is kept. `reduced` may be empty, or have
 * length 0 (then a sum is 0). `code` may have stores of its own.
 */
export interface ReduceKernel {
  readonly kind: "reduce";
  readonly fold: "sum" | "max";
  readonly kept: Shape;
  readonly reduced: Shape;
  /** What is folded: the value `folded` of this code, whose views have strides over kept, then reduced. */
  readonly code: ScalarCode;
  readonly folded: number;
  readonly epilogue: ScalarCode;
}

/**
 * c[b…, i, j] = Σₖ a[b…, i, k] · w[b…, k, j], then the epilogue over [batch…, rows, columns].
 *
 * A batch that shares its right operand has become rows where the other views allow it; `depth` may be 0.
 */
export interface MatmulKernel {
  readonly kind: "matmul";
  readonly dtype: DType;
  readonly batch: Shape;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** Strides over [batch…, rows, depth]. */
  readonly left: View;
  /** Strides over [batch…, depth, columns]. */
  readonly right: View;
  /** Strides over [batch…, rows, columns]; value 0 is the product. */
  readonly epilogue: ScalarCode;
}

/**
 * gather, scatterAdd, cumsum, argmax, argsort, threefry: one equation as it is, on whole buffers.
 *
 * The shapes are those of `equation.inputs`; a buffer holds the same elements in row-major order. A primitive
 * of a user's own comes here too: a compiler that cannot run it says so.
 */
export interface EquationKernel {
  readonly kind: "equation";
  readonly equation: Equation;
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
}

/** Sets a whole buffer to zero, before strided stores fill parts of it. */
export interface ZeroKernel {
  readonly kind: "zero";
  readonly buffer: Buffer;
}

export type Kernel = LoopKernel | ReduceKernel | MatmulKernel | EquationKernel | ZeroKernel;

/**
 * Kernels, as many from number `first` on, whose first axis (of `batch` for products) counts blocks of samples: block for
 * block they may run in turns. See bands.ts.
 */
export interface Band {
  readonly first: number;
  readonly kernels: number;
  readonly blocks: number;
}

export interface Program {
  readonly inputs: readonly Buffer[];
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly Kernel[];
  readonly bands?: readonly Band[];
  /** One per output leaf: an input, a constant or an output buffer, in the leaf's shape. One may repeat. */
  readonly outputs: readonly Buffer[];
  readonly inTree: Structure;
  readonly outTree: Structure;
}
