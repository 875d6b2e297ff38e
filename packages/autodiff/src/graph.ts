// A graph: a function written down as a list of equations (JAX: jaxpr).
//
//   { inputs .  let outputs = primitive inputs;  …  in outputs }
//
// Every variable is defined once, before its uses. A Tensor among an equation's inputs is a constant.
import { formatSpec, sameSpec, type DType, type Shape } from "./array.ts";
import { debugOptions } from "./debug.ts";
import { bind } from "./interpreter.ts";
import type { Params, Primitive } from "./primitive.ts";
import { astype } from "./primitives/cast.ts";
import { Tensor } from "./tensor.ts";
import {
  checkSameStructure,
  flattenWithPaths,
  leafTensor,
  type Structure,
  unflatten,
} from "./tree.ts";

/** A variable: its identity is the object's; only its shape and dtype are known. */
export class Var {
  readonly shape: Shape;
  readonly dtype: DType;
  constructor(shape: Shape, dtype: DType) {
    this.shape = shape;
    this.dtype = dtype;
  }
}

export type Atom = Var | Tensor;

export interface Equation {
  readonly primitive: Primitive;
  readonly inputs: readonly Atom[];
  readonly params: Params;
  readonly outputs: readonly Var[];
  /** The user's source line, when traced under debug({ sources: true }). */
  readonly source?: string;
}

/** A traced function. `inTree` is the structure of its list of arguments, `outTree` of its result. */
export interface Graph {
  readonly inputs: readonly Var[];
  readonly names: readonly string[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly Atom[];
  readonly inTree: Structure;
  readonly outTree: Structure;
}

const listOf = (atoms: readonly unknown[]): Structure => atoms.map(() => null);

/** A graph from a flat list of inputs to a flat list of outputs. */
export function flatGraph(
  inputs: readonly Var[],
  equations: readonly Equation[],
  outputs: readonly Atom[],
): Graph {
  return {
    inputs,
    names: [],
    equations,
    outputs,
    inTree: listOf(inputs),
    outTree: listOf(outputs),
  };
}

/** The constants that the equations and outputs mention, each once. */
export function constantsOf(graph: Graph): Tensor[] {
  const atoms = [...graph.equations.flatMap((equation) => equation.inputs), ...graph.outputs];
  return [...new Set(atoms.filter((atom) => atom instanceof Tensor))];
}

const lastUses = new WeakMap<Graph, Map<Var, number>>();

/** For each variable, the position of the last equation that reads it; outputs live to the end. */
function lastUsesOf(graph: Graph): Map<Var, number> {
  let uses = lastUses.get(graph);
  if (uses === undefined) {
    uses = new Map();
    for (const [position, { inputs }] of graph.equations.entries())
      for (const atom of inputs) if (atom instanceof Var) uses.set(atom, position);
    for (const atom of graph.outputs)
      if (atom instanceof Var) uses.set(atom, Number.POSITIVE_INFINITY);
    lastUses.set(graph, uses);
  }
  return uses;
}

/** Runs a graph on a flat list of tensors under the current interpreter; values are dropped after their last use. */
export function evaluateFlat(graph: Graph, args: readonly Tensor[]): Tensor[] {
  const values = new Map<Var, Tensor>(graph.inputs.map((input, i) => [input, args[i] as Tensor]));
  const read = (atom: Atom) => (atom instanceof Tensor ? atom : (values.get(atom) as Tensor));
  const uses = lastUsesOf(graph);
  graph.equations.forEach(({ primitive, inputs, params, outputs, source }, position) => {
    const results = withSource(source, () => bind(primitive, inputs.map(read), params));
    for (const atom of inputs)
      if (atom instanceof Var && uses.get(atom) === position) values.delete(atom);
    for (const [i, output] of outputs.entries())
      if (uses.has(output)) values.set(output, results[i] as Tensor);
  });
  return graph.outputs.map(read);
}

/** Errors of an equation with a recorded source line name it. */
function withSource<R>(source: string | undefined, f: () => R): R {
  if (source === undefined || !debugOptions().nans) return f();
  try {
    return f();
  } catch (error) {
    throw error instanceof RangeError
      ? new RangeError(`${error.message} (traced at ${source})`)
      : error;
  }
}

/** Checks the arguments of a graph against its inputs; JavaScript numbers take the input's dtype. */
export function checkArguments(
  operation: string,
  graph: Graph,
  args: readonly unknown[],
): Tensor[] {
  const { leaves, paths, structure } = flattenWithPaths(args);
  checkSameStructure(operation, graph.inTree, structure, "the argument list");
  return leaves.map((leaf, i) => {
    const input = graph.inputs[i] as Var;
    const x = typeof leaf === "number" ? astype(leaf, input.dtype) : leafTensor(leaf);
    if (!sameSpec(x, input))
      throw new TypeError(
        `${operation}: argument ${paths[i]} is ${formatSpec(x)}, expected ${formatSpec(input)}; trace the function again for other shapes`,
      );
    return x;
  });
}

/** The value of a traced function at `args`, which have the trees and shapes it was traced with. */
export function evaluate(graph: Graph, args: readonly unknown[]): unknown {
  return unflatten(graph.outTree, evaluateFlat(graph, checkArguments("evaluate", graph, args)));
}
