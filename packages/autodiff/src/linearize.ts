// linearize splits a derivative in two: the value now, and the linear map from tangents to tangents.
//
//   f, x → f(x), (ẋ → ∂f(x) ẋ)
//
// It is jvp with tangents that a Recorder stands for. What depends on primals alone is evaluated at
// once, so JavaScript may branch on values; what depends on tangents becomes the equations of a linear
// graph. Its constants are the residuals, among them tracers of transformations outside.
import { isFloat } from "./array.ts";
import { evaluateFlat, flatGraph, type Graph, Var } from "./graph.ts";
import { withInterpreter } from "./interpreter.ts";
import { checkTangents, flatFunction, instantiate, jvpFlat } from "./jvp.ts";
import { eliminateDeadCode } from "./simplify.ts";
import { Tensor } from "./tensor.ts";
import { Recorder } from "./trace.ts";
import { checkSameStructure, flatten, type Tensors, type TensorsLike, unflatten } from "./tree.ts";

/** The value of a flat function and its linear graph; integer inputs have no tangent variable. */
export function linearizeFlat(
  f: (inputs: Tensor[]) => readonly Tensor[],
  primals: readonly Tensor[],
): { outputs: Tensor[]; graph: Graph } {
  const recorder = new Recorder("linearize");
  const variables = primals.map((x) => recorder.variable(x));
  const tangents = variables.map((xDot) => (isFloat(xDot.dtype) ? xDot : null));
  const y = withInterpreter(recorder, () => jvpFlat(f, primals, tangents));
  const yDot = y.tangents.map((tangent, i) =>
    recorder.atom(instantiate(tangent, y.outputs[i] as Tensor)),
  );
  const inputs = variables.map((xDot) => xDot.payload as Var);
  return {
    outputs: y.outputs,
    graph: eliminateDeadCode(flatGraph(inputs, recorder.equations, yDot)),
  };
}

/** A linear map from tangents to tangents, with the graph that computes it. */
export type TangentMap<A extends readonly unknown[], R> = ((
  ...tangents: TensorsLike<A>
) => Tensors<R>) & {
  readonly graph: Graph;
};

/** [f(...primals), tangentMap] with tangentMap(...ẋ) = ∂f ẋ, which reuses the work done for the value. */
export function linearize<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: TensorsLike<A>,
): [Tensors<R>, TangentMap<A, R>] {
  const x = flatten(primals);
  const { run, outTree } = flatFunction(
    "linearize",
    f as (...args: never[]) => unknown,
    x.structure,
  );
  const { outputs, graph } = linearizeFlat(run, x.leaves);
  const tree = outTree();
  const map = (...tangents: TensorsLike<A>): Tensors<R> => {
    const given = flatten(tangents);
    checkSameStructure("linearize", x.structure, given.structure, "the list of tangents");
    const xDot = checkTangents("linearize", "tangent", x.leaves, given.leaves);
    const yDot = evaluateFlat(
      graph,
      xDot.map((tangent, i) => instantiate(tangent, x.leaves[i] as Tensor)),
    );
    return unflatten(tree, yDot) as Tensors<R>;
  };
  const named = { ...graph, inTree: x.structure, outTree: tree };
  return [unflatten(tree, outputs) as Tensors<R>, Object.assign(map, { graph: named })];
}
