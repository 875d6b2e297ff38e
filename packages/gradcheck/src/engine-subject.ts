// Functions of this engine: values and derivatives by its public transformations, in f64.
//
//   flat : the float leaves of the arguments → the float leaves of the result
//
// The derivative that is checked is that of f itself; its traced graph serves what needs equations.
import { type Graph, jvp, Tensor, Var, vjp } from "@cotangent/autodiff/functions";
import {
  evaluateFlat,
  type FlatFunction,
  flattenWithPaths,
  leafTensor,
  traceAt,
} from "@cotangent/autodiff/testing";
import { Coordinates, isFloat } from "./coordinates.ts";
import { unlike } from "./errors.ts";
import type { Subject } from "./subject.ts";
import { same, type Vector } from "./vector.ts";

/** The subject of a function of tensors and its arguments, of which integers and booleans stay fixed. */
export function engineSubject(
  name: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
): Subject {
  const inputs = new Coordinates(args, (position) => `[${position}]`, false);
  const call = (leaves: readonly Tensor[]) => f(...(inputs.unflatten(leaves) as never[]));
  const flat: FlatFunction = (leaves) =>
    flattenWithPaths(call(leaves))
      .leaves.map((leaf) => leafTensor(leaf))
      .filter(isFloat);
  const point = inputs.read(args, "args");
  const outputs = new Coordinates([call(inputs.tensors(point))], () => "output", false);
  return flatSubject(name, flat, inputs, outputs, point);
}

/** The subject of a flat function. */
export function flatSubject(
  name: string,
  flat: FlatFunction,
  inputs: Coordinates,
  outputs: Coordinates,
  point: Vector,
): Subject {
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
    name,
    inputs,
    outputs,
    point,
    roundoff: 2 ** -53,
    value: (x) => unharmed("the function", x, (leaves) => outputs.join(run(leaves), "the value")),
    jvp: (x, xDot) =>
      unharmed("jvp", x, (leaves) => {
        const [y, yDot] = jvp(f, leaves, inputs.tensors(xDot)) as unknown as Tensor[][];
        checkDtypes("jvp", outputs, yDot!, y!);
        return outputs.join(yDot!, "jvp");
      }),
    vjp: (x, yBar) =>
      unharmed("vjp", x, (leaves) => {
        const [, pull] = vjp(f, leaves);
        const xBar = pull(outputs.tensors(yBar)) as unknown as Tensor[];
        checkDtypes("vjp", inputs, xBar, leaves);
        return inputs.join(xBar, "vjp");
      }),
    engine: { graph, run, flat, layouts: [inputs, outputs] },
  };
}

function checkDtypes(
  role: string,
  { leaves }: Coordinates,
  got: readonly Tensor[],
  expected: readonly Tensor[],
): void {
  const wrong = got.findIndex(({ dtype }, i) => dtype !== expected[i]!.dtype);
  if (wrong < 0) return;
  throw unlike`${role} has dtype ${got[wrong]!.dtype} at ${leaves[wrong]!.path}, expected ${expected[wrong]!.dtype}`;
}

const double = (dtype: unknown) => (dtype === "f32" ? "f64" : dtype);

/** The same equations with f64 wherever there is f32. */
function inDouble(graph: Graph): Graph {
  const doubles = new Map<unknown, Var>();
  const variable = (x: Var) => {
    const made = new Var(x.shape, double(x.dtype) as Var["dtype"]);
    doubles.set(x, made);
    return made;
  };
  const atom = (x: Var | Tensor) =>
    doubles.get(x) ??
    (x instanceof Tensor && x.dtype === "f32"
      ? new Tensor(x.shape, "f64", new Float64Array(x.data))
      : x);
  return {
    ...graph,
    inputs: graph.inputs.map(variable),
    equations: graph.equations.map((equation) => ({
      ...equation,
      params:
        "dtype" in equation.params
          ? { ...equation.params, dtype: double(equation.params.dtype) }
          : equation.params,
      inputs: equation.inputs.map(atom),
      outputs: equation.outputs.map(variable),
    })),
    outputs: graph.outputs.map(atom),
  };
}
