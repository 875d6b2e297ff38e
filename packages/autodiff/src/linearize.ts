// linearize splits a derivative in two: the value now, and the linear map from tangents to tangents.
//
//   f, x → f(x), (ẋ → ∂f(x) ẋ)
//
// It is jvp with tangents that a Recorder stands for. What depends on primals alone is evaluated at
// once, so JavaScript may branch on values; what depends on tangents becomes the equations of a linear
// graph. Its constants are the residuals, among them tracers of transformations outside.

import { isFloat } from "./array.ts";
import { evaluateFlat, type Graph } from "./graph.ts";
import { withInterpreter } from "./interpreter.ts";
import { checkTangents, instantiate, jvpFlat } from "./jvp.ts";
import { eliminateDeadCode } from "./simplify.ts";
import type { Tensor } from "./tensor.ts";
import { type AnyFunction, Flat, type FlatFunction, Recorder } from "./trace.ts";
import { type Arguments, flatten, type Tensors, type TensorsLike, unflatten } from "./tree.ts";

/** The value of a flat function, and its linear graph. */
export interface Linearized {
  readonly outputs: readonly Tensor[];
  readonly graph: Graph;
}

export function linearizeFlat(f: FlatFunction, primals: readonly Tensor[]): Linearized {
  const recorder = new Recorder("linearize");
  const inputs = primals.map(recorder.variable);
  const tangents = inputs.map((xDot) => (isFloat(xDot.dtype) ? xDot : null));
  const y = withInterpreter(recorder, () => jvpFlat(f, primals, tangents));
  const graph = recorder.graph(inputs, instantiate(y.tangents, y.outputs));
  return { outputs: y.outputs, graph: eliminateDeadCode(graph) };
}

/** A linear map from tangents to tangents, with the graph that computes it. */
export type TangentMap<A extends Arguments, R> = ((...tangents: TensorsLike<A>) => Tensors<R>) & {
  readonly graph: Graph;
};

/** [f(...primals), tangentMap] with tangentMap(...ẋ) = ∂f ẋ, which reuses the work done for the value. */
export function linearize<A extends Arguments, R>(
  f: (...args: A) => R,
  primals: NoInfer<TensorsLike<A>>,
): [Tensors<R>, TangentMap<A, R>] {
  const { leaves: specs, structure } = flatten(primals);
  const flat = new Flat("linearize", f as AnyFunction, structure);
  const { outputs, graph } = linearizeFlat(flat.run, specs);
  const { outTree } = flat;
  const map = (...tangents: TensorsLike<A>): Tensors<R> => {
    const xDot = checkTangents("linearize", "tangent", { specs, structure }, tangents);
    return unflatten(outTree, evaluateFlat(graph, instantiate(xDot, specs))) as Tensors<R>;
  };
  const named = { graph: { ...graph, inTree: structure, outTree } };
  return [unflatten(outTree, outputs) as Tensors<R>, Object.assign(map, named)];
}
