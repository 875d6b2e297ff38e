// The nodes that a schedule is made of: what each variable of a graph is to a kernel.
//
//   source    memory that is there: an input, a constant, a concat or pad being filled, an opaque result
//   view      a layout of its input: reshape, permute, broadcastTo, slice
//   scalar    one scalar operation per element of its shape, inputs broadcast
//   reduce, matmul, opaque      anchors of kernels;      part, zero   fill a source
import type { Equation, Spec, TypedArray } from "@cotangent/autodiff";
import type { Layout } from "./access.ts";
import type { MatmulShapes } from "./matmul-shapes.ts";

interface Common extends Spec {
  readonly position: number;
  readonly inputs: readonly Node[];
  /** 0, or the number of the recomputation that this belongs to: it must not move before it. */
  readonly region: number;
}
export interface Source extends Common {
  readonly kind: "source";
  readonly role: "input" | "constant" | "made";
  readonly data?: TypedArray;
  /** The value of every element, if it is one constant. */
  readonly uniform?: number;
  /** The nodes that fill it. */
  readonly writers: Node[];
}
export interface View extends Common {
  readonly kind: "view";
  readonly layout: Layout;
}
export interface Scalar extends Common {
  readonly kind: "scalar";
  readonly op: string;
}
export interface Reduce extends Common {
  readonly kind: "reduce";
  readonly fold: "sum" | "max";
  readonly axes: readonly number[];
}
export interface Matmul extends Common {
  readonly kind: "matmul";
  readonly product: MatmulShapes;
}
/** Copies its input into a part of `target`. */
export interface Part extends Common {
  readonly kind: "part";
  readonly target: Source;
  readonly layout: Layout;
}
export interface Zero extends Common {
  readonly kind: "zero";
  readonly target: Source;
}
export interface Opaque extends Common {
  readonly kind: "opaque";
  readonly equation: Equation;
  readonly results: readonly Source[];
}
export type Node = Source | View | Scalar | Reduce | Matmul | Part | Zero | Opaque;
