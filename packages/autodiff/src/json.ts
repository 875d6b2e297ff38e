// Graphs as plain JSON, and back.
//
// Variables are numbered in order of definition. Numbers keep every bit: −0, ±∞ and NaN, for which
// JSON has no word, are written as strings.

import { checkDtype, type DType, type Shape } from "./array.ts";
import { type CallParams, callee } from "./call.ts";
import { checkGraph } from "./check.ts";
import { fail } from "./errors.ts";
import { type Atom, constantsOf, evaluateFlat, type Graph, Var } from "./graph.ts";
import { tensor } from "./operations/creation.ts";
import type { Params, Primitive } from "./primitive.ts";

interface SpecJson {
  readonly shape: Shape;
  readonly dtype: DType;
}
interface ConstantJson extends SpecJson {
  readonly data: readonly unknown[];
}
/** Inputs, constants and the outputs of equations are numbered in this order; numbers stand for them. */
export interface GraphJson extends Pick<Graph, "names" | "inTree" | "outTree"> {
  readonly inputs: readonly SpecJson[];
  readonly constants: readonly ConstantJson[];
  readonly equations: readonly EquationJson[];
  readonly outputs: readonly number[];
}
interface EquationJson {
  readonly primitive: string;
  readonly params: unknown;
  readonly inputs: readonly number[];
  readonly outputs: readonly SpecJson[];
}

const special = ["-0", "NaN", "Infinity", "-Infinity"];
const encode = (x: unknown) =>
  Object.is(x, -0) ? "-0" : typeof x === "number" && !Number.isFinite(x) ? String(x) : x;
const decode = (x: unknown) => (special.includes(x as string) ? Number(x) : x);

/**
 * The graph as a value that JSON.stringify keeps exactly, except for rules of customJvp and customVjp.
 *
 * Throws for constants that belong to running transformations.
 */
export function toJSON(graph: Graph): GraphJson {
  const numbers = new Map<Atom, number>();
  const define = (atom: Atom): SpecJson => {
    numbers.set(atom, numbers.size);
    return { shape: atom.shape, dtype: atom.dtype };
  };
  const number = (atom: Atom) => numbers.get(atom)!;
  const params = (given: Params) => {
    const { forward, backward, rule } = given as unknown as CallParams;
    const graphs = forward && {
      forward: toJSON(forward.graph()),
      backward: backward && toJSON(backward.graph()),
      rule: rule && true,
    };
    return { ...JSON.parse(JSON.stringify(given, (_, value) => encode(value))), ...graphs };
  };
  const inputs = graph.inputs.map(define);
  const constants = constantsOf(graph).map((x) => ({
    ...define(x),
    data: Array.from(x.data, encode),
  }));
  const equations = graph.equations.map((equation) => ({
    primitive: equation.primitive.name,
    params: params(equation.params),
    inputs: equation.inputs.map(number),
    outputs: equation.outputs.map(define),
  }));
  const { names, inTree, outTree } = graph;
  return {
    inputs,
    names,
    constants,
    equations,
    outputs: graph.outputs.map(number),
    inTree,
    outTree,
  };
}

/** The rule of a custom function stays behind: the graph evaluates, but is not differentiated wrongly. */
function lostRule(name: string): () => never {
  return () => {
    throw fail`${name}: got a graph read from JSON, which holds no JavaScript rule; expected one that is traced here: differentiate before toJSON`;
  };
}

/** The graph that `toJSON` wrote, with primitives looked up by name; checked before it is returned. */
export function decodeGraph(json: GraphJson, primitives: ReadonlyMap<string, Primitive>): Graph {
  const atoms: Atom[] = [];
  const define = ({ shape, dtype }: SpecJson): Var => {
    const variable = new Var(shape, checkDtype("fromJSON", dtype));
    atoms.push(variable);
    return variable;
  };
  const atom = (number: number): Atom => {
    if (atoms[number]) return atoms[number];
    throw fail`fromJSON: variable ${number} is used before it is defined`;
  };
  const wrap = (inner: GraphJson | null) => {
    if (!inner) return null;
    const graph = decodeGraph(inner, primitives);
    return callee(graph.inputs, graph.outputs, (x) => evaluateFlat(graph, x));
  };
  const inputs = json.inputs.map(define);
  for (const { shape, dtype, data } of json.constants)
    atoms.push(tensor(data.map(decode) as number[], { shape, dtype }));
  const equations = json.equations.map((equation) => {
    const primitive = primitives.get(equation.primitive);
    if (!primitive)
      throw fail`fromJSON: unknown primitive ${equation.primitive}; expected one of the engine's, or your own in the second argument`;
    const params = JSON.parse(JSON.stringify(equation.params), (_, value) => decode(value));
    const graphs = params.forward && {
      forward: wrap(params.forward),
      backward: wrap(params.backward),
      rule: params.rule && lostRule(params.name),
    };
    const from = equation.inputs.map(atom);
    return {
      primitive,
      params: { ...params, ...graphs },
      inputs: from,
      outputs: equation.outputs.map(define),
    };
  });
  return checkGraph({ ...json, inputs, equations, outputs: json.outputs.map(atom) });
}
