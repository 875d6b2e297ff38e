// Two passes that every graph can take: drop what nobody reads, and compute what repeats once.
//
//   graph → graph with the same inputs, outputs and meaning
import { type Atom, type Equation, type Graph, Var } from "./graph.ts";

/** Without the equations that no output depends on. */
export function eliminateDeadCode(graph: Graph): Graph {
  const needed = new Set<Atom>(graph.outputs);
  const equations = graph.equations.toReversed().filter(({ inputs, outputs }) => {
    const isNeeded = outputs.some((y) => needed.has(y));
    if (isNeeded) for (const atom of inputs) needed.add(atom);
    return isNeeded;
  });
  return { ...graph, equations: equations.reverse() };
}

/**
 * Equations with the same primitive, parameters and inputs become one. Scalars are equal by value.
 *
 * A call is never merged: it may be a recomputation that saves memory.
 */
export function eliminateCommonSubexpressions(graph: Graph): Graph {
  const merged = new Map<Atom, Atom>();
  const resolve = (atom: Atom): Atom => merged.get(atom) ?? atom;
  const names = new Map<Atom | string, number>();
  const name = (atom: Atom): number => {
    const isScalar = !(atom instanceof Var) && !atom.interpreter && atom.shape.length === 0;
    const key = isScalar ? `${atom.dtype} ${atom.item()} ${1 / atom.item()}` : atom;
    if (!names.has(key)) names.set(key, names.size);
    return names.get(key)!;
  };
  const seen = new Map<string, Equation>();
  const equations = graph.equations.flatMap((original) => {
    const equation = { ...original, inputs: original.inputs.map(resolve) };
    const { primitive, params, inputs, outputs } = equation;
    const text = `${primitive.name} ${JSON.stringify(params)} ${inputs.map(name)}`;
    const same = primitive.name === "call" ? undefined : seen.get(text);
    if (!same) seen.set(text, equation);
    outputs.forEach((y, i) => same && merged.set(y, same.outputs[i]!));
    return same ? [] : [equation];
  });
  return { ...graph, equations, outputs: graph.outputs.map(resolve) };
}
