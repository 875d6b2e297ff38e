// A graph: a function written down as a list of equations (JAX: jaxpr).
//
//   { inputs .  let outputs = primitive inputs;  …  in outputs }
//
// Every variable is defined once, before its uses. A Tensor among an equation's inputs is a constant.
import { type DType, type Shape, sameSpec } from "./array.ts";
import { fail } from "./errors.ts";
import { bind } from "./interpreter.ts";
import type { Params, Primitive } from "./primitive.ts";
import { Tensor } from "./tensor.ts";
import { checkStructure, flattenWithPaths, leafTensor, type Structure, unflatten } from "./tree.ts";

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

/** The constants that the equations and outputs mention, each once. */
export function constantsOf(graph: Graph): Tensor[] {
  const atoms = [...graph.equations.flatMap((equation) => equation.inputs), ...graph.outputs];
  return [...new Set(atoms.filter((atom) => atom instanceof Tensor))];
}

const lastUses = new WeakMap<Graph, Map<Atom, number>>();

/** For each variable, the position of the last equation that reads it; outputs live to the end. */
function lastUsesOf(graph: Graph): Map<Atom, number> {
  const uses = lastUses.get(graph) ?? new Map<Atom, number>();
  if (!lastUses.has(graph)) {
    graph.equations.forEach(({ inputs }, i) => {
      for (const atom of inputs) uses.set(atom, i);
    });
    for (const atom of graph.outputs) uses.set(atom, graph.equations.length);
    lastUses.set(graph, uses);
  }
  return uses;
}

/**
 * Runs a graph on a flat list of tensors under the current interpreter.
 *
 * Values are dropped after their last use. `constants` may replace some of the graph's constants.
 */
export function evaluateFlat(
  graph: Graph,
  args: readonly Tensor[],
  constants: ReadonlyMap<Atom, Tensor> = new Map(),
): Tensor[] {
  const values = new Map<Atom, Tensor>(constants);
  graph.inputs.forEach((input, i) => values.set(input, args[i]!));
  const read = (atom: Atom) => values.get(atom) ?? (atom as Tensor);
  const uses = lastUsesOf(graph);
  graph.equations.forEach(({ primitive, inputs, params, outputs, source }, position) => {
    const results = locate(source, () => bind(primitive, inputs.map(read), params));
    for (const atom of inputs) if (uses.get(atom) === position) values.delete(atom);
    outputs.forEach((output, i) => uses.has(output) && values.set(output, results[i]!));
  });
  return graph.outputs.map(read);
}

/** Errors of an equation whose source line was recorded name it. */
function locate<R>(source: string | undefined, f: () => R): R {
  try {
    return f();
  } catch (error) {
    if (source !== undefined && error instanceof TypeError)
      error.message += ` (traced at ${source})`;
    throw error;
  }
}

/** The value of a traced function at `args`, which have the trees and shapes it was traced with. */
export function evaluate(graph: Graph, args: readonly unknown[]): unknown {
  const { leaves, paths, structure } = flattenWithPaths(args);
  checkStructure("evaluate", "the argument list", graph.inTree, structure);
  const tensors = leaves.map((leaf, i) => leafTensor(leaf, graph.inputs[i]!.dtype));
  const wrong = tensors.findIndex((x, i) => !sameSpec(x, graph.inputs[i]!));
  if (wrong >= 0)
    throw fail`evaluate: argument ${paths[wrong]} is ${tensors[wrong]}, expected ${graph.inputs[wrong]}; trace the function again for other shapes`;
  return unflatten(graph.outTree, evaluateFlat(graph, tensors));
}
