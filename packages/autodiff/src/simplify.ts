// Two passes that every graph can take: drop what nobody reads, and compute what repeats once.
//
//   graph → graph with the same inputs, outputs and meaning
import { type Atom, type Equation, type Graph, Var } from "./graph.ts";
import type { Tensor } from "./tensor.ts";

/** Without the equations that no output depends on. */
export function eliminateDeadCode(graph: Graph): Graph {
  const needed = new Set<Atom>(graph.outputs);
  const kept: Equation[] = [];
  for (const equation of [...graph.equations].reverse())
    if (equation.outputs.some((y) => needed.has(y))) {
      kept.push(equation);
      for (const atom of equation.inputs) needed.add(atom);
    }
  return kept.length === graph.equations.length ? graph : { ...graph, equations: kept.reverse() };
}

/** An equation's identity as text, or undefined for a call, which is never merged: it may be a recomputation. */
function identity(equation: Equation, name: (atom: Atom) => string): string | undefined {
  if (equation.primitive.name === "call") return undefined;
  return `${equation.primitive.name} ${JSON.stringify(equation.params)} ${equation.inputs.map(name).join(" ")}`;
}

/** Equations with the same primitive, parameters and inputs become one. Scalars are equal by value. */
export function eliminateCommonSubexpressions(graph: Graph): Graph {
  const replaced = new Map<Var, Atom>();
  const names = new Map<Atom, string>();
  const resolve = (atom: Atom): Atom => (atom instanceof Var ? (replaced.get(atom) ?? atom) : atom);
  const name = (atom: Atom): string => {
    if (!(atom instanceof Var) && atom.interpreter === null && atom.shape.length === 0)
      return scalarName(atom);
    const known = names.get(atom) ?? `v${names.size}`;
    names.set(atom, known);
    return known;
  };
  const seen = new Map<string, Equation>();
  const equations: Equation[] = [];
  for (const original of graph.equations) {
    const equation = { ...original, inputs: original.inputs.map(resolve) };
    const key = identity(equation, name);
    const same = key === undefined ? undefined : seen.get(key);
    if (same !== undefined) {
      for (const [i, y] of equation.outputs.entries()) replaced.set(y, same.outputs[i] as Var);
      continue;
    }
    if (key !== undefined) seen.set(key, equation);
    equations.push(equation);
  }
  return { ...graph, equations, outputs: graph.outputs.map(resolve) };
}

const scalarName = (x: Tensor) => `${x.dtype}:${Object.is(x.data[0], -0) ? "-0" : x.data[0]}`;
