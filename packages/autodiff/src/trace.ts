// trace runs a function once on stand-ins and writes down what it does.
//
//   trace : (a → b) → a → Graph
//
// An equation whose inputs do not depend on the arguments is not recorded: the interpreter outside
// evaluates it at once, and its value becomes a constant. (The same rule makes `linearize` online.)
import type { Spec } from "./array.ts";
import { callerSource } from "./debug.ts";
import { type Equation, flatGraph, type Graph, Var } from "./graph.ts";
import { bind, currentInterpreter, withInterpreter } from "./interpreter.ts";
import type { Params, Primitive } from "./primitive.ts";
import { type Interpreter, Tensor } from "./tensor.ts";
import { flatten, flattenWithPaths, leafTensor, unflatten } from "./tree.ts";

/** Records every equation that depends on its variables. */
export class Recorder implements Interpreter {
  readonly name: string;
  readonly equations: Equation[] = [];
  readonly #outer: Interpreter = currentInterpreter();

  constructor(name: string) {
    this.name = name;
  }

  variable({ shape, dtype }: Spec): Tensor {
    return new Tensor(shape, dtype, new Var(shape, dtype), this);
  }

  /** The variable that stands for `x`, or `x` itself when it is constant here. */
  atom = (x: Tensor): Var | Tensor => (x.interpreter === this ? (x.payload as Var) : x);

  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    if (!inputs.some((x) => x.interpreter === this))
      return withInterpreter(this.#outer, () => bind(primitive, inputs, params));
    const outputs = primitive.shape(inputs, params).map((spec) => this.variable(spec));
    const source = callerSource();
    this.equations.push({
      primitive,
      inputs: inputs.map(this.atom),
      params,
      outputs: outputs.map((y) => y.payload as Var),
      ...(source !== undefined && { source }),
    });
    return outputs;
  }

  reveal(tracer: Tensor): never {
    throw new TypeError(
      `${this.name}: the value of ${tracer.dtype}[${tracer.shape}] is not known while a function is traced; ` +
        "choose with where(), or branch on values that do not depend on the arguments",
    );
  }
}

/** Throws for a promise: a transformation is over before an async function has run. */
export function checkSynchronous<R>(operation: string, result: R): R {
  if (typeof (result as { then?: unknown } | null)?.then === "function")
    throw new TypeError(
      `${operation}: the function returned a promise; only synchronous functions can be transformed: await its inputs first`,
    );
  return result;
}

/** The graph of a function from flat tensors to flat tensors. */
export function traceFlat(
  name: string,
  f: (inputs: Tensor[]) => readonly Tensor[],
  specs: readonly Spec[],
): Graph {
  const recorder = new Recorder(name);
  const inputs = specs.map((spec) => recorder.variable(spec));
  const outputs = withInterpreter(recorder, () => f(inputs));
  return flatGraph(
    inputs.map((x) => x.payload as Var),
    recorder.equations,
    outputs.map(recorder.atom),
  );
}

/** The names of a function's parameters where they are plain identifiers, for printing. */
function parameterNames(f: (...args: never[]) => unknown): (string | undefined)[] {
  const source = Function.prototype.toString.call(f);
  const list =
    /^(?:function\s*[\w$]*\s*)?\(([^()]*)\)/.exec(source)?.[1] ??
    /^([\w$]+)\s*=>/.exec(source)?.[1] ??
    "";
  return list.split(",").map((name) => /^\s*([A-Za-z_$][\w$]*)/.exec(name)?.[1]);
}

/** `trace(f)(...args)` is the graph of f for arguments of those trees, shapes and dtypes; their values are not used. */
export function trace<A extends readonly unknown[]>(
  f: (...args: A) => unknown,
): (...args: A) => Graph {
  return (...args) => {
    const { leaves, paths, structure } = flattenWithPaths(args);
    let outTree = null as Graph["outTree"];
    const run = (inputs: Tensor[]) => {
      const result = flatten(checkSynchronous("trace", f(...(unflatten(structure, inputs) as A))));
      outTree = result.structure;
      return result.leaves;
    };
    const graph = traceFlat("trace", run, leaves.map(leafTensor));
    const given = parameterNames(f as (...args: never[]) => unknown);
    const names = paths.map((path) =>
      path
        .replace(/^\[(\d+)\]/, (_, i) => given[Number(i)] ?? `x${i}`)
        .replace(/[.[\]]+/g, "_")
        .replace(/_$/, ""),
    );
    return { ...graph, names, inTree: structure, outTree };
  };
}
