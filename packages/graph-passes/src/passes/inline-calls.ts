// Calls become the equations that they run, unless they recompute on purpose.
//
//   y = call[f] x   →   the equations of f, with fresh variables
//
// checkpoint promises that its reverse mode keeps f's inputs alone and computes the rest anew. The calls
// that do so are its derivatives, which have a transpose (`backward`): they stay calls, so that the later
// passes cannot share their equations with the forward ones. What is inside of them is optimised by itself.
import { type Atom, type Equation, type Graph, Var } from "@cotangent/autodiff";

interface CallParams {
  readonly name: string;
  readonly forward: { graph(): Graph };
  readonly backward: object | null;
}
const callOf = ({ primitive, params }: Equation): CallParams | null =>
  primitive.name === "call" ? (params as unknown as CallParams) : null;

const recomputes = ({ name, backward }: CallParams) => name === "checkpoint" && backward !== null;

export function inlineCalls(graph: Graph): Graph {
  const equations: Equation[] = [];
  const expand = (inner: Graph, args: readonly Atom[]): Atom[] => {
    const values = new Map<Atom, Atom>(inner.inputs.map((input, i) => [input, args[i]!]));
    const read = (atom: Atom): Atom => values.get(atom) ?? atom;
    for (const equation of inner.equations) {
      const inputs = equation.inputs.map(read);
      const call = callOf(equation);
      const isInlined = call && !recomputes(call);
      const outputs = equation.outputs.map(({ shape, dtype }) => new Var(shape, dtype));
      const results = isInlined ? expand(call.forward.graph(), inputs) : outputs;
      equation.outputs.forEach((output, i) => values.set(output, results[i]!));
      if (!isInlined) equations.push({ ...equation, inputs, outputs });
    }
    return inner.outputs.map(read);
  };
  const outputs = expand(graph, graph.inputs);
  return { ...graph, equations, outputs };
}

/** The graph with what the calls that are left run replaced by `optimise` of it. */
export function insideCalls(graph: Graph, optimise: (graph: Graph) => Graph): Graph {
  const equations = graph.equations.map((equation) => {
    const call = callOf(equation);
    if (!call) return equation;
    let made: Graph | undefined;
    const run = () => (made ??= optimise(call.forward.graph()));
    const params = { ...equation.params, forward: { ...call.forward, graph: run } };
    return { ...equation, params };
  });
  return { ...graph, equations };
}
