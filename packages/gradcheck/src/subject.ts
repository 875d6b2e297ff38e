// What every rung of the ladder sees: a function between flat f64 vectors.
//
//   f : ℝⁿ → ℝᵐ,   jvp(x, ẋ) = ∂f(x) ẋ,   vjp(x, ȳ) = ȳ ∂f(x)
//
// All differentiable leaves of the arguments lie end to end, and so do all float leaves of the result.
import type { Graph } from "@cotangent/autodiff/functions";
import type { FlatFunction } from "@cotangent/autodiff/testing";
import type { Coordinates } from "./coordinates.ts";

/** What is known beyond numbers of a function of this engine. */
export interface EngineSubject {
  /** The traced function in f64: one input a differentiable leaf, one output a float leaf, integers constant. */
  readonly graph: Graph;
  /** The function in f64, between flat lists of leaves; it may branch on values. */
  readonly run: FlatFunction;
  /** The function itself between flat lists of leaves, of any float dtype. */
  readonly flat: FlatFunction;
}

/** What is known of a subject before its function is called. */
export type Start = Pick<Subject, "name" | "inputs" | "point">;

/** A function with the derivative that is checked. */
export interface Subject {
  readonly name: string;
  readonly inputs: Coordinates;
  readonly outputs: Coordinates;
  /** The arguments. */
  readonly point: Float64Array;
  /** The unit roundoff of its arithmetic: 2⁻⁵³ in f64. */
  readonly roundoff: number;
  value(x: Float64Array): Float64Array;
  jvp?(x: Float64Array, xDot: Float64Array): Float64Array;
  vjp?(x: Float64Array, yBar: Float64Array): Float64Array;
  readonly engine?: EngineSubject | undefined;
}
