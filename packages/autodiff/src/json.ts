// Graphs as plain JSON, and back.
//
// Variables are numbered in order of definition. Numbers keep every bit: −0, ±∞ and NaN, for which
// JSON has no word, are written as strings.
import { allocate, dtypes, type DType, type Shape } from "./array.ts";
import { type CallParams, callee } from "./call.ts";
import { checkGraph } from "./check.ts";
import { type Atom, type Equation, evaluateFlat, type Graph, Var } from "./graph.ts";
import type { Params, Primitive } from "./primitive.ts";
import { Tensor } from "./tensor.ts";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
interface SpecJson {
  readonly shape: Shape;
  readonly dtype: DType;
}
type AtomJson = number | (SpecJson & { readonly data: readonly (number | string)[] });
export interface GraphJson {
  readonly inputs: readonly SpecJson[];
  readonly names: readonly string[];
  readonly equations: readonly {
    readonly primitive: string;
    readonly params: Json;
    readonly inputs: readonly AtomJson[];
    readonly outputs: readonly SpecJson[];
  }[];
  readonly outputs: readonly AtomJson[];
  readonly inTree: Graph["inTree"];
  readonly outTree: Graph["outTree"];
}

const encodeNumber = (x: number): number | string =>
  Number.isFinite(x) && !Object.is(x, -0) ? x : Object.is(x, -0) ? "-0" : String(x);

function encodeParams({ primitive, params }: Equation, position: number): Json {
  if (primitive.name !== "call")
    return JSON.parse(
      JSON.stringify(params, (_, value) =>
        typeof value === "number" ? encodeNumber(value) : value,
      ),
    );
  const { name, residuals, forward, backward, rule } = params as unknown as CallParams;
  if (rule !== null)
    throw new TypeError(
      `toJSON: equation ${position} is a ${name} whose rule is a JavaScript function, which JSON cannot hold; differentiate before tracing`,
    );
  return {
    name,
    residuals,
    forward: toJSON(forward.graph()) as unknown as Json,
    backward: backward && (toJSON(backward.graph()) as unknown as Json),
  };
}

/** The graph as a value that JSON.stringify keeps exactly. Throws for constants of running transformations. */
export function toJSON(graph: Graph): GraphJson {
  const numbers = new Map<Var, number>();
  const define = (variable: Var): SpecJson => {
    numbers.set(variable, numbers.size);
    return { shape: variable.shape, dtype: variable.dtype };
  };
  const atom = (x: Atom): AtomJson =>
    x instanceof Var
      ? (numbers.get(x) as number)
      : { shape: x.shape, dtype: x.dtype, data: Array.from(x.data, encodeNumber) };
  return {
    inputs: graph.inputs.map(define),
    names: graph.names,
    equations: graph.equations.map((equation, position) => ({
      primitive: equation.primitive.name,
      params: encodeParams(equation, position),
      inputs: equation.inputs.map(atom),
      outputs: equation.outputs.map(define),
    })),
    outputs: graph.outputs.map(atom),
    inTree: graph.inTree,
    outTree: graph.outTree,
  };
}

const special = ["-0", "NaN", "Infinity", "-Infinity"];
const decodeParams = (params: Json): Params =>
  JSON.parse(JSON.stringify(params), (_, value) =>
    special.includes(value) ? Number(value) : value,
  );

function decodeCall(params: Json, decode: (json: GraphJson) => Graph): CallParams {
  const { name, residuals, forward, backward } = params as unknown as {
    name: string;
    residuals: number;
    forward: GraphJson;
    backward: GraphJson | null;
  };
  const wrap = (json: GraphJson) => {
    const graph = decode(json);
    return {
      ...callee(graph.inputs, graph.outputs, (x) => evaluateFlat(graph, x)),
      graph: () => graph,
    };
  };
  return {
    name,
    residuals,
    forward: wrap(forward),
    backward: backward && wrap(backward),
    rule: null,
  };
}

/** The graph that `toJSON` wrote, with primitives looked up by name; checked before it is returned. */
export function decodeGraph(json: GraphJson, primitives: ReadonlyMap<string, Primitive>): Graph {
  const variables: Var[] = [];
  const define = ({ shape, dtype }: SpecJson): Var => {
    if (!dtypes.includes(dtype))
      throw new TypeError(
        `fromJSON: unknown dtype ${JSON.stringify(dtype)}; expected one of ${dtypes.join(", ")}`,
      );
    const variable = new Var(shape, dtype);
    variables.push(variable);
    return variable;
  };
  const atom = (x: AtomJson): Atom => {
    if (typeof x !== "number") {
      const data = allocate(x.dtype, x.data.length);
      data.set(x.data.map(Number));
      return new Tensor(x.shape, x.dtype, data);
    }
    const variable = variables[x];
    if (variable === undefined)
      throw new RangeError(`fromJSON: variable ${x} is used before it is defined`);
    return variable;
  };
  const inputs = json.inputs.map(define);
  const equations = json.equations.map(({ primitive: name, params, inputs: atoms, outputs }) => {
    const primitive = primitives.get(name);
    if (primitive === undefined)
      throw new TypeError(
        `fromJSON: unknown primitive ${JSON.stringify(name)}; pass your own primitives as the second argument`,
      );
    const decoded =
      name === "call"
        ? (decodeCall(params, (inner) => decodeGraph(inner, primitives)) as unknown as Params)
        : decodeParams(params);
    return { primitive, params: decoded, inputs: atoms.map(atom), outputs: outputs.map(define) };
  });
  return checkGraph({
    inputs,
    names: json.names,
    equations,
    outputs: json.outputs.map(atom),
    inTree: json.inTree,
    outTree: json.outTree,
  });
}
