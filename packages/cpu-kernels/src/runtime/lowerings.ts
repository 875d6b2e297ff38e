// Primitives that are not the engine's, replaced by what their authors say they are made of.
//
//   compile(f, { lowerings: { hypotenuse: ([x, y]) => sqrt(add(mul(x, x), mul(y, y))) } })
import {
  type Atom,
  type Equation,
  evaluate,
  type Graph,
  type Params,
  Tensor,
  trace,
  Var,
} from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import { compileError, formatSpec } from "./errors.ts";

/** What a primitive computes, in operations of the engine; an array for several outputs. */
export type Lowering = (inputs: readonly Tensor[], params: Params) => Tensor | readonly Tensor[];
/** Lowerings by the names of their primitives. */
export type Lowerings = Readonly<Record<string, Lowering>>;

const isOwn = ({ primitive }: Equation): boolean => registry.get(primitive.name) !== primitive;

/** The graph that a call runs. */
const calleeOf = ({ primitive, params }: Equation): Graph | null =>
  primitive.name === "call"
    ? (params as unknown as { forward: { graph(): Graph } }).forward.graph()
    : null;

function needsLowering(graph: Graph): boolean {
  return graph.equations.some((equation) => {
    const callee = calleeOf(equation);
    return isOwn(equation) || (callee !== null && needsLowering(callee));
  });
}

/** The equation alone, as a graph of flat lists. */
function graphOf(equation: Equation): Graph {
  const inputs = equation.inputs.map(({ shape, dtype }) => new Var(shape, dtype));
  return {
    inputs,
    names: [],
    equations: [{ ...equation, inputs }],
    outputs: equation.outputs,
    inTree: inputs.map(() => null),
    outTree: equation.outputs.map(() => null),
  };
}

function applyLowering(equation: Equation, inputs: readonly Tensor[], lowerings: Lowerings) {
  const { primitive, params, outputs } = equation;
  const lowering = Object.hasOwn(lowerings, primitive.name) ? lowerings[primitive.name] : undefined;
  if (lowering === undefined)
    throw compileError(
      `the primitive ${primitive.name} is not one of the engine's and has no lowering; ` +
        `give one: compile(f, { lowerings: { ${primitive.name}: (inputs, params) => … } })`,
    );
  const result = lowering(inputs, params);
  const results = Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
  const [got, expected] = [results, outputs].map((specs) => specs.map(formatSpec).join(", "));
  if (got !== expected)
    throw compileError(
      `the lowering of ${primitive.name} returned ${got}, expected ${expected}, as its shape rule says`,
    );
  return results;
}

/** Evaluates a graph under the current transformation, with lowerings in place of own primitives. */
function run(graph: Graph, args: readonly Tensor[], lowerings: Lowerings): Tensor[] {
  const values = new Map<Atom, Tensor>();
  graph.inputs.forEach((input, i) => values.set(input, args[i]!));
  const read = (atom: Atom): Tensor => values.get(atom) ?? (atom as Tensor);
  for (const equation of graph.equations) {
    const inputs = equation.inputs.map(read);
    const callee = calleeOf(equation);
    const outputs = isOwn(equation)
      ? applyLowering(equation, inputs, lowerings)
      : callee && needsLowering(callee)
        ? run(callee, inputs, lowerings)
        : (evaluate(graphOf(equation), inputs) as Tensor[]);
    equation.outputs.forEach((output, i) => values.set(output, outputs[i]!));
  }
  return graph.outputs.map(read);
}

/** Lowerings may use primitives that have lowerings themselves, but not without end. */
const deepest = 16;

/** The graph without primitives of others; the same graph when there are none. */
export function lower(graph: Graph, lowerings: Lowerings, depth = 0): Graph {
  if (!needsLowering(graph)) return graph;
  if (depth === deepest)
    throw compileError(
      `after ${deepest} rounds of lowering there are still primitives of your own; expected lowerings that do not use themselves`,
    );
  const inputs = graph.inputs.map(({ shape, dtype }) => new Tensor(shape, dtype, null));
  const flat = trace((...args: Tensor[]) => run(graph, args, lowerings))(...inputs);
  const { names, inTree, outTree } = graph;
  return lower({ ...flat, names, inTree, outTree }, lowerings, depth + 1);
}
