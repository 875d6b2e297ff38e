// trace runs a function once on stand-ins and writes down what it does.
//
//   trace : (a → b) → a → Graph
//
// An equation whose inputs do not depend on the arguments is not recorded: the interpreter outside
// evaluates it at once, and its value becomes a constant. (The same rule makes `linearize` online.)

import type { Spec } from "./array.ts";
import { callerSource } from "./debug.ts";
import { fail } from "./errors.ts";
import { type Atom, type Equation, type Graph, Var } from "./graph.ts";
import { bind, currentInterpreter, type Interpreter, withInterpreter } from "./interpreter.ts";
import type { Params, Primitive } from "./primitive.ts";
import { Tensor } from "./tensor.ts";
import {
  type Arguments,
  flatten,
  flattenWithPaths,
  leafTensor,
  type Structure,
  type TensorsLike,
  unflatten,
} from "./tree.ts";

/** Records every equation that depends on its variables. */
export class Recorder implements Interpreter {
  readonly name: string;
  readonly equations: Equation[] = [];
  readonly #outer: Interpreter = currentInterpreter();

  constructor(name: string) {
    this.name = name;
  }

  variable = ({ shape, dtype }: Spec): Tensor =>
    new Tensor(shape, dtype, new Var(shape, dtype), this);

  /** The variable that stands for `x`, or `x` itself when it is constant here. */
  atom = (x: Tensor): Atom => (x.interpreter === this ? (x.payload as Var) : x);

  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    if (!inputs.some((x) => x.interpreter === this))
      return withInterpreter(this.#outer, () => bind(primitive, inputs, params));
    const tracers = primitive.shape(inputs, params).map(this.variable);
    const outputs = tracers.map((y) => y.payload as Var);
    const source = callerSource();
    const equation = { primitive, inputs: inputs.map(this.atom), params, outputs };
    this.equations.push(source === undefined ? equation : { ...equation, source });
    return tracers;
  }

  reveal(tracer: Tensor): never {
    throw fail`${this.name}: the value of ${tracer} is not known while a function is traced; choose with where(), or branch on values that do not depend on the arguments`;
  }

  /** The graph from the given variables to the given outputs, as flat lists. */
  graph(inputs: readonly Tensor[], outputs: readonly Tensor[]): Graph {
    return {
      inputs: inputs.map((x) => x.payload as Var),
      names: [],
      equations: this.equations,
      outputs: outputs.map(this.atom),
      inTree: inputs.map(() => null),
      outTree: outputs.map(() => null),
    };
  }
}

/** A function between flat lists of tensors: the form in which transformations work. */
export type FlatFunction = (inputs: readonly Tensor[]) => readonly Tensor[];
export type AnyFunction = (...args: never[]) => unknown;

/** The graph of a flat function. */
export function traceFlat(name: string, f: FlatFunction, specs: readonly Spec[]): Graph {
  const recorder = new Recorder(name);
  const inputs = specs.map(recorder.variable);
  const outputs = withInterpreter(recorder, () => f(inputs));
  return recorder.graph(inputs, outputs);
}

export function checkFunction(operation: string, f: unknown): void {
  if (typeof f !== "function") throw fail`${operation}: expected a function, got ${f}`;
}

/** A function of trees as a flat one that notes the structure of its last result. */
export class Flat {
  readonly run: FlatFunction;
  outTree: Structure = null;

  constructor(operation: string, f: AnyFunction, inTree: Structure) {
    checkFunction(operation, f);
    if (!Array.isArray(inTree))
      throw fail`${operation}: expected a list of arguments, got one; write [x]`;
    this.run = (inputs) => {
      const result = f(...(unflatten(inTree, inputs) as never[]));
      if (typeof (result as { then?: unknown } | null)?.then === "function")
        throw fail`${operation}: the function returned a promise, expected a tree of tensors; only synchronous functions can be transformed: await its inputs first`;
      const { leaves, structure } = flatten(result, `${operation}: the function's result`);
      this.outTree = structure;
      return leaves;
    };
  }
}

/** The names of a function's parameters where they are plain identifiers, for printing. */
function parameterNames(f: AnyFunction): (string | undefined)[] {
  const list = /^(?:function[^(]*)?\(([^()]*)\)|^([\w$]+)\s*=>/.exec(String(f));
  return (list?.[1] ?? list?.[2] ?? "")
    .split(",")
    .map((name) => /^\s*([A-Za-z_$][\w$]*)/.exec(name)?.[1]);
}

/** `trace(f)(...args)` is the graph of f for arguments of those trees, shapes and dtypes; their values are not used. */
export function trace<A extends Arguments>(
  f: (...args: A) => unknown,
): (...args: TensorsLike<A>) => Graph {
  return (...args) => {
    const { leaves, paths, structure } = flattenWithPaths(args);
    const flat = new Flat("trace", f as AnyFunction, structure);
    const specs = leaves.map((leaf) => leafTensor(leaf));
    const graph = traceFlat("trace", flat.run, specs);
    const given = parameterNames(f as AnyFunction);
    const names = paths.map((path) => {
      const [, position, rest] = /^\[(\d+)\](.*)$/.exec(path)!;
      return `${given[Number(position)] ?? `x${position}`}${rest!.replace(/\W+(\w+)\W?/g, "_$1")}`;
    });
    return { ...graph, names, inTree: structure, outTree: flat.outTree };
  };
}
