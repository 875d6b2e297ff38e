// checkGraph: the type checker of graphs.
//
// Every variable is defined once and before its uses, and every equation's outputs have the specs that
// its primitive gives for its inputs.
import { formatSpec, sameSpec, type Spec } from "./array.ts";
import { type Atom, type Graph, Var } from "./graph.ts";

/** Returns the graph, or throws an error that names the first equation that is wrong. */
export function checkGraph(graph: Graph): Graph {
  const defined = new Set<Var>();
  const define = (variable: Var, where: string) => {
    if (defined.has(variable))
      throw new TypeError(`checkGraph: ${where} defines a variable that is defined already`);
    defined.add(variable);
  };
  const use = (atom: Atom, where: string) => {
    if (atom instanceof Var && !defined.has(atom))
      throw new TypeError(
        `checkGraph: ${where} uses a ${formatSpec(atom)} variable before it is defined`,
      );
  };
  graph.inputs.forEach((input, i) => define(input, `input ${i}`));
  graph.equations.forEach(({ primitive, inputs, params, outputs }, position) => {
    const where = `equation ${position} (${primitive.name})`;
    for (const atom of inputs) use(atom, where);
    const expected = primitive.shape(inputs, params);
    if (expected.length !== outputs.length)
      throw new TypeError(
        `checkGraph: ${where} has ${outputs.length} outputs, expected ${expected.length}`,
      );
    outputs.forEach((output, i) => {
      if (!sameSpec(output, expected[i] as Spec))
        throw new TypeError(
          `checkGraph: ${where} output ${i} is ${formatSpec(output)}, expected ${formatSpec(expected[i] as Spec)}`,
        );
      define(output, where);
    });
  });
  graph.outputs.forEach((atom, i) => use(atom, `output ${i}`));
  return graph;
}
