// checkGraph: the type checker of graphs.
//
// Every variable is defined once and before its uses, and every equation's outputs have the specs that
// its primitive gives for its inputs.

import { fail } from "./errors.ts";
import { type Atom, type Graph, Var } from "./graph.ts";

/** Returns the graph, or throws an error that names the first equation that is wrong. */
export function checkGraph(graph: Graph): Graph {
  const defined = new Set<Atom>();
  const define = (where: string, variables: readonly Var[]) => {
    for (const variable of variables)
      if (defined.has(variable))
        throw fail`checkGraph: ${where} defines ${variable} again; expected one definition`;
      else defined.add(variable);
  };
  const use = (where: string, atoms: readonly Atom[]) => {
    const early = atoms.find((atom) => atom instanceof Var && !defined.has(atom));
    if (early) throw fail`checkGraph: ${where} uses ${early} before it is defined`;
  };
  define("the list of inputs", graph.inputs);
  graph.equations.forEach(({ primitive, inputs, params, outputs }, position) => {
    const where = `equation ${position} (${primitive.name})`;
    use(where, inputs);
    const [got, expected] = [outputs, primitive.shape(inputs, params)].map(
      (specs) => fail`${specs}`.message,
    );
    if (got !== expected) throw fail`checkGraph: ${where} has outputs ${got}, expected ${expected}`;
    define(where, outputs);
  });
  use("the list of outputs", graph.outputs);
  return graph;
}
