// Constants with the same elements become one: each derivative permutes a constant matrix anew.
//
//   { ; a:f64[2], b:f64[2] . … mul x a … mul y b … }   →   { ; a:f64[2] . … mul x a … mul y a … }
import { type Atom, constantsOf, type Graph, type Tensor } from "@cotangent/autodiff";

/** To the bit: −0 differs from 0, and a NaN equals another. */
const equal = (a: Tensor, b: Tensor): boolean => a.data.every((x, i) => Object.is(x, b.data[i]));

export function mergeConstants(graph: Graph): Graph {
  const alike = new Map<string, Tensor[]>();
  const first = new Map<Atom, Tensor>();
  for (const x of constantsOf(graph)) {
    if (x.interpreter) continue;
    const key = `${x.dtype}[${x.shape}] ${x.data.subarray(0, 4)}`;
    const others = alike.get(key) ?? [];
    const same = others.find((other) => equal(x, other));
    if (same) first.set(x, same);
    else alike.set(key, [...others, x]);
  }
  const resolve = (atom: Atom): Atom => first.get(atom) ?? atom;
  const equations = graph.equations.map((equation) => ({
    ...equation,
    inputs: equation.inputs.map(resolve),
  }));
  return { ...graph, equations, outputs: graph.outputs.map(resolve) };
}
