// transpose turns a linear map around: ẋ → ẏ becomes ȳ → x̄.
//
//   ⟨ȳ, A ẋ⟩ = ⟨Aᵀ ȳ, ẋ⟩
//
// The equations of a linear graph are walked backward. Cotangents of a variable that is used more than
// once add up; a variable that no cotangent reaches keeps a symbolic zero.
import type { Spec } from "./array.ts";
import { type Atom, type Graph, Var } from "./graph.ts";
import { checkTangents, flatFunction, instantiate } from "./jvp.ts";
import type { Tangent } from "./primitive.ts";
import { add } from "./primitives/arithmetic.ts";
import { Tensor } from "./tensor.ts";
import { traceFlat } from "./trace.ts";
import { checkSameStructure, flatten, type Tensors, type TensorsLike, unflatten } from "./tree.ts";

/** The cotangents of a linear graph's inputs, given those of its outputs. */
export function transposeFlat(graph: Graph, outputBars: readonly Tangent[]): Tangent[] {
  const bars = new Map<Var, Tensor>();
  const accumulate = (atom: Atom, bar: Tangent) => {
    if (bar === null || !(atom instanceof Var)) return;
    const known = bars.get(atom);
    bars.set(atom, known === undefined ? bar : add(known, bar));
  };
  graph.outputs.forEach((atom, i) => {
    accumulate(atom, outputBars[i] as Tangent);
  });
  for (const { primitive, inputs, params, outputs } of [...graph.equations].reverse()) {
    const yBars = outputs.map((y) => bars.get(y) ?? null);
    if (yBars.every((yBar) => yBar === null)) continue;
    for (const y of outputs) bars.delete(y);
    const xBars = primitive.transpose(yBars, inputs, params);
    for (const [i, atom] of inputs.entries()) accumulate(atom, xBars[i] ?? null);
  }
  return graph.inputs.map((x) => bars.get(x) ?? null);
}

/**
 * The transpose of a linear function: `transpose(f, examples)(ȳ)` = x̄ with ⟨ȳ, f(x)⟩ = ⟨x̄, x⟩, a list.
 *
 * Of the examples only trees, shapes and dtypes are used. Throws when f is not linear.
 */
export function transpose<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  examples: TensorsLike<A>,
): (yBar: TensorsLike<R>) => Tensors<A> {
  const x = flatten(examples);
  const { run, outTree } = flatFunction(
    "transpose",
    f as (...args: never[]) => unknown,
    x.structure,
  );
  const graph = traceFlat("transpose", run, x.leaves);
  const constant = graph.outputs.findIndex(
    (atom) =>
      atom instanceof Tensor && atom.interpreter === null && atom.data.some((value) => value !== 0),
  );
  if (constant >= 0)
    throw new TypeError(
      `transpose: output ${constant} does not depend on the inputs and is not zero, so the function is affine, not linear; subtract its value at 0`,
    );
  const tree = outTree();
  return (yBar) =>
    unflatten(x.structure, pull("transpose", graph, tree, x.leaves, yBar)) as Tensors<A>;
}

/** Checks a cotangent given by a user and pulls it back through a linear graph. */
export function pull(
  operation: string,
  graph: Graph,
  outTree: Graph["outTree"],
  primals: readonly Spec[],
  yBar: unknown,
): Tensor[] {
  const given = flatten(yBar);
  checkSameStructure(operation, outTree, given.structure, "the cotangent");
  const bars = transposeFlat(
    graph,
    checkTangents(operation, "cotangent", graph.outputs, given.leaves),
  );
  return bars.map((xBar, i) => instantiate(xBar, primals[i] as Spec));
}
