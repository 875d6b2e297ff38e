// Functions of this engine: values and derivatives by its public transformations, in f64.
//
//   flat : the float leaves of the arguments → the float leaves of the result
//
// The derivative that is checked is that of f itself; its traced graph serves what needs equations.
import { type Atom, type Graph, jvp, Tensor, Var, vjp } from "@cotangent/autodiff/functions";
import {
  evaluateFlat,
  type FlatFunction,
  flattenWithPaths,
  leafTensor,
  traceAt,
} from "@cotangent/autodiff/testing";
import { Coordinates, isFloat } from "./coordinates.ts";
import { messageOf, unlike } from "./errors.ts";
import type { Start, Subject } from "./subject.ts";
import { same, type Vector } from "./vector.ts";

/** The subject of a function of tensors and its arguments, of which integers and booleans stay fixed. */
export function engineSubject(f: (...args: never[]) => unknown, start: Start): Subject {
  const { inputs, point } = start;
  const call = (leaves: readonly Tensor[]) => f(...(inputs.unflatten(leaves) as never[]));
  const flat: FlatFunction = (leaves) =>
    flattenWithPaths(call(leaves))
      .leaves.map((leaf) => leafTensor(leaf))
      .filter(isFloat);
  try {
    const outputs = new Coordinates([call(inputs.tensors(point))], () => "output", false);
    return flatSubject(flat, { ...start, outputs });
  } catch (error) {
    const { rule } = Object(error) as { readonly rule?: string };
    if (!rule) throw error;
    // The function is sound, and the rule of customJvp or customVjp in it is not: the first rung says so.
    const value = () => {
      throw unlike`the rule that was given to ${rule} throws: ${messageOf(error)}`;
    };
    return { ...start, outputs: inputs, roundoff: 2 ** -53, value };
  }
}

/** The subject of a flat function. */
export function flatSubject(flat: FlatFunction, place: Start & Pick<Subject, "outputs">): Subject {
  const { inputs, outputs, point } = place;
  const traced = traceAt(flat, inputs.tensors(point));
  const isMixed = traced.equations.some((equation) =>
    equation.outputs.some(({ dtype }) => dtype === "f32"),
  );
  const graph = isMixed ? inDouble(traced) : traced;
  const run: FlatFunction = isMixed ? (leaves) => evaluateFlat(graph, leaves) : flat;
  const f = (...leaves: Tensor[]) => run(leaves) as Tensor[];
  const unharmed = (role: string, x: Vector, act: (leaves: Tensor[]) => Vector): Vector => {
    const leaves = inputs.tensors(x);
    const result = act(leaves);
    if (same(inputs.join(leaves, role), x)) return result;
    throw unlike`${role} changes its argument; copy before writing`;
  };
  return {
    ...place,
    roundoff: 2 ** -53,
    value: (x) => unharmed("the function", x, (leaves) => outputs.join(run(leaves), "the value")),
    jvp: (x, xDot) =>
      unharmed("jvp", x, (leaves) => {
        const [y, yDot] = jvp(f, leaves, inputs.tensors(xDot)) as unknown as Tensor[][];
        return outputs.join(yDot!, "jvp", dtypesOf(y!));
      }),
    vjp: (x, yBar) =>
      unharmed("vjp", x, (leaves) => {
        const [, pull] = vjp(f, leaves);
        const xBar = pull(outputs.tensors(yBar)) as unknown as Tensor[];
        return inputs.join(xBar, "vjp", dtypesOf(leaves));
      }),
    engine: { graph, run, flat },
  };
}

const dtypesOf = (tensors: readonly Tensor[]) => tensors.map(({ dtype }) => dtype);

/** The same equations with f64 wherever there is f32. */
function inDouble(graph: Graph): Graph {
  const doubles = new Map<Atom, Atom>();
  const double = <A extends Atom>(x: A): A => {
    if (x.dtype !== "f32") return x;
    const made = () =>
      x instanceof Tensor
        ? new Tensor(x.shape, "f64", new Float64Array(x.data))
        : new Var(x.shape, "f64");
    doubles.set(x, doubles.get(x) ?? made());
    return doubles.get(x) as A;
  };
  const equations = graph.equations.map(({ params, inputs, outputs, ...rest }) => ({
    ...rest,
    params: params.dtype === "f32" ? { ...params, dtype: "f64" } : params,
    inputs: inputs.map(double),
    outputs: outputs.map(double),
  }));
  const [inputs, outputs] = [graph.inputs.map(double), graph.outputs.map(double)];
  return { ...graph, inputs, equations, outputs };
}
