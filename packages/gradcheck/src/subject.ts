// What every rung of the ladder sees: a function between flat f64 vectors.
//
//   f : ℝⁿ → ℝᵐ,   jvp(x, ẋ) = ∂f(x) ẋ,   vjp(x, ȳ) = ȳ ∂f(x)
//
// All differentiable leaves of the arguments lie end to end, and so do all float leaves of the result.
import type { Graph, Shape } from "@cotangent/autodiff/functions";

/** One leaf among a vector's coordinates: its elements lie from `offset`, row-major. */
export interface LeafLayout {
  /** Where it is in its tree: `[0].weight` is the weight of the first argument; "" for a lone result. */
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: "f64" | "f32";
  readonly offset: number;
}

/** Which leaf, path and index each flat coordinate is. */
export interface Layout {
  readonly leaves: readonly LeafLayout[];
  readonly size: number;
  /** `[0].weight[3, 2]` */
  describe(coordinate: number): string;
}

/** What is known beyond numbers of a function of this engine. */
export interface EngineSubject {
  /** The traced function in f64: one input a differentiable leaf, one output a float leaf, integers constant. */
  readonly graph: Graph;
}

/** A function with the derivative that is checked. */
export interface Subject {
  readonly name: string;
  readonly inputs: Layout;
  readonly outputs: Layout;
  /** The arguments. */
  readonly point: Float64Array;
  value(x: Float64Array): Float64Array;
  jvp?(x: Float64Array, xDot: Float64Array): Float64Array;
  vjp?(x: Float64Array, yBar: Float64Array): Float64Array;
  readonly engine?: EngineSubject;
}
