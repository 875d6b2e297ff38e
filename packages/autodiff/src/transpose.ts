// transpose turns a linear map around: ẋ → ẏ becomes ȳ → x̄.
//
//   ⟨ȳ, A ẋ⟩ = ⟨Aᵀ ȳ, ẋ⟩
//
// The equations of a linear graph are walked backward. Cotangents of a variable that is used more than
// once add up; a variable that no cotangent reaches keeps a symbolic zero.

import { fail } from "./errors.ts";
import { type Atom, evaluateFlat, type Graph, Var } from "./graph.ts";
import { checkTangents, instantiate } from "./jvp.ts";
import type { Tangent } from "./primitive.ts";
import { add } from "./primitives/arithmetic.ts";
import type { Tensor } from "./tensor.ts";
import { type AnyFunction, Flat, traceFlat } from "./trace.ts";
import {
  type Arguments,
  flatten,
  type Structure,
  type Tensors,
  type TensorsLike,
  unflatten,
} from "./tree.ts";

/** The cotangents of a linear graph's inputs, given those of its outputs. */
export function transposeFlat(graph: Graph, outputBars: readonly Tangent[]): Tangent[] {
  const bars = new Map<Var, Tensor>();
  const accumulate = (atoms: readonly Atom[], xBars: readonly Tangent[]) =>
    atoms.forEach((atom, i) => {
      const [known, bar] = [bars.get(atom as Var), xBars[i]];
      if (bar && atom instanceof Var) bars.set(atom, known ? add(known, bar) : bar);
    });
  accumulate(graph.outputs, outputBars);
  for (const { primitive, inputs, params, outputs } of [...graph.equations].reverse()) {
    const yBars = outputs.map((y) => bars.get(y) ?? null);
    if (yBars.every((yBar) => yBar === null)) continue;
    for (const y of outputs) bars.delete(y);
    accumulate(inputs, primitive.transpose(yBars, inputs, params));
  }
  return graph.inputs.map((x) => bars.get(x) ?? null);
}

/** The pullback of a linear graph between trees, as a function of the cotangent. */
export const pullback =
  (operation: string, graph: Graph, inTree: Structure, outTree: Structure) =>
  (yBar: unknown): unknown => {
    const output = { specs: graph.outputs, structure: outTree };
    const bars = transposeFlat(graph, checkTangents(operation, "cotangent", output, yBar));
    return unflatten(inTree, instantiate(bars, graph.inputs));
  };

/**
 * The transpose of a linear function: `transpose(f, examples)(ȳ)` = x̄ with ⟨ȳ, f(x)⟩ = ⟨x̄, x⟩, a list.
 *
 * Of the examples only trees, shapes and dtypes are used. Throws when f is not linear.
 */
export function transpose<A extends Arguments, R>(
  f: (...args: A) => R,
  examples: NoInfer<TensorsLike<A>>,
): (yBar: TensorsLike<R>) => Tensors<A> {
  const { leaves, structure } = flatten(examples);
  const flat = new Flat("transpose", f as AnyFunction, structure);
  const graph = traceFlat("transpose", flat.run, leaves);
  const atZero = evaluateFlat(graph, instantiate([], leaves));
  if (
    atZero.some(
      (y) => !y.interpreter && y.data.some((value) => value !== 0 && Number.isFinite(value)),
    )
  )
    throw fail`transpose: the function is affine: at 0 it gives ${atZero.map(String)}, expected a linear one, which gives 0; subtract its value at 0`;
  const pull = pullback("transpose", graph, structure, flat.outTree);
  return pull as (yBar: TensorsLike<R>) => Tensors<A>;
}
