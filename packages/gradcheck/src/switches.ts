// Switches: the places of a graph where a piecewise function changes its piece.
//
//   state(x) = which piece each switching equation uses at x, element by element
//
// Two points whose states are equal lie in one smooth region (as far as the graph can tell).
import {
  type Atom,
  div,
  type Equation,
  equal,
  floor,
  type Graph,
  greater,
  max,
  sign,
  sub,
  type Tensor,
  where,
} from "@cotangent/autodiff/functions";
import { bind } from "@cotangent/autodiff/testing";
import type { Subject } from "./subject.ts";
import { along, type Vector } from "./vector.ts";

type Apply = (equation: Equation, inputs: readonly Tensor[]) => readonly Tensor[];
export const applied: Apply = ({ primitive, params }, inputs) => bind(primitive, inputs, params);

/** The value of every variable of a graph. */
export function replay(
  graph: Graph,
  leaves: readonly Tensor[],
  apply: Apply = applied,
): (atom: Atom) => Tensor {
  const values = new Map<Atom, Tensor>(graph.inputs.map((x, i) => [x, leaves[i]!]));
  const read = (atom: Atom) => values.get(atom) ?? (atom as Tensor);
  for (const equation of graph.equations) {
    const results = apply(equation, equation.inputs.map(read));
    equation.outputs.forEach((y, i) => values.set(y, results[i]!));
  }
  return read;
}

type State = (inputs: readonly Tensor[], output: Tensor) => Tensor;
const order: State = ([x, y]) => sign(sub(x!, y!));
const itself: State = (_inputs, y) => y;
const all = (names: string, state: State) =>
  Object.fromEntries(names.split(" ").map((name) => [name, state]));
const states: { readonly [primitive: string]: State } = {
  ...all("sign floor ceil round argmax argsort astype", itself),
  ...all("maximum less lessEqual equal notEqual", order),
  ...all("abs sqrt pow", ([x]) => sign(x!)),
  mod: ([x, y]) => floor(div(x!, y!)),
  atan2: ([y, x]) => where(greater(0, x!), sign(y!), 0),
};

/** Whether an equation changes its piece somewhere. */
export const isSwitch = ({ primitive }: Equation): boolean =>
  primitive.name in states || primitive.name === "max";

/** One switching equation with the pieces that it uses. */
interface Switch {
  readonly equation: Equation;
  readonly state: Tensor["data"];
}

/** The state of a graph. */
export function switchesOf(graph: Graph, leaves: readonly Tensor[]): Switch[] {
  const found: Switch[] = [];
  replay(graph, leaves, (equation, inputs) => {
    const outputs = applied(equation, inputs);
    const { primitive, params } = equation;
    const note = (state: Tensor) => void found.push({ equation, state: state.data });
    const isDiscrete = primitive.name !== "astype" || !/^f/.test(outputs[0]!.dtype);
    if (primitive.name === "max") note(ranks(inputs[0]!, params.axes as number[]));
    else if (primitive.name in states && isDiscrete)
      note(states[primitive.name]!(inputs, outputs[0]!));
    if (primitive.name === "call") {
      const { forward } = params as unknown as { readonly forward: { graph(): Graph } };
      found.push(...switchesOf(forward.graph(), inputs));
    }
    return outputs;
  });
  return found;
}

/** Which elements along the axes are the largest. */
const ranks = (x: Tensor, axes: readonly number[]) => equal(x, max(x, axes, { keepDims: true }));

/** The first switch between two points, as `maximum f64[3] f64[3], element 2, at model.ts:7:12`; undefined if there is none. */
export function switchBetween(
  { engine, inputs }: Subject,
  ...points: readonly [Vector, Vector]
): string | undefined {
  if (!engine) return undefined;
  const states = points.map((x) => switchesOf(engine.graph, inputs.tensors(x)));
  return firstDifference(states[0]!, states[1]!);
}

function firstDifference(before: readonly Switch[], after: readonly Switch[]): string | undefined {
  for (const [i, { equation, state }] of before.entries()) {
    const other = after[i]?.state ?? [];
    const element = state.findIndex((piece, k) => !Object.is(piece + 0, (other[k] ?? 0) + 0));
    if (element < 0) continue;
    const operands = equation.inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(" ");
    const source = equation.source ? `, at ${equation.source}` : "";
    return `${equation.primitive.name} ${operands}, element ${element}${source}`;
  }
  return undefined;
}

/** The largest step h ≤ start, halving, with no switch within four steps on either side; 0 if there is none. */
export function clearStep(
  { engine, inputs }: Subject,
  x: Vector,
  v: Vector,
  start: number,
): number {
  if (!engine) return start;
  const at = (t: number) => switchesOf(engine.graph, inputs.tensors(along(x, t, v)));
  const own = at(0);
  for (let h = start; h > start * 2 ** -16; h /= 2)
    if ([4 * h, -4 * h, h, -h].every((t) => firstDifference(own, at(t)) === undefined)) return h;
  return 0;
}
