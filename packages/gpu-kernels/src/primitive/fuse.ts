// A pass over a graph to be compiled: equations of the network that one kernel computes become one.
//
//   t = denseBackwardInput y W;  scaleByDerivative[order=1] a t          →  denseBackwardHidden y W a
//   that, plus scaleByDerivative[order=2] a s                            →  denseBackwardCurved y W a s
//   g = denseBackwardWeight x y;  add g carry                            →  denseAccumulateWeight x y carry
//
// An intermediate that something else reads stays. The meaning is the same, to rounding.
import {
  type Atom,
  add,
  type Equation,
  eliminateDeadCode,
  type Graph,
  type Params,
  type Primitive,
} from "@cotangent/autodiff";
import { type ActivationParams, scaleByDerivative } from "./activation.ts";
import { denseAccumulateWeight, denseBackwardCurved, denseBackwardHidden } from "./fused.ts";
import { denseBackwardInput, denseBackwardWeight } from "./products.ts";

/** The equation that makes an atom, if it is of this primitive and nothing else reads the atom. */
type MadeOnce = (atom: Atom | undefined, by: { readonly primitive: Primitive }) => Equation | null;
type Fused = Pick<Equation, "primitive" | "inputs" | "params">;

const scaled = (equation: Equation | null, order: number): Equation | null =>
  (equation?.params as ActivationParams | undefined)?.order === order ? equation : null;

function hidden(equation: Equation, made: MadeOnce): Fused | null {
  const [a, t] = equation.inputs;
  const product = equation.primitive === scaleByDerivative.primitive && made(t, denseBackwardInput);
  if (!product || !a || !scaled(equation, 1)) return null;
  const { activation } = equation.params as unknown as ActivationParams;
  const inputs = [...product.inputs, a];
  return { primitive: denseBackwardHidden.primitive, inputs, params: { activation } };
}

function curved([p, q]: readonly Atom[], made: MadeOnce): Fused | null {
  const first = made(p, denseBackwardHidden);
  const second = scaled(made(q, scaleByDerivative), 2);
  if (!first || !second || first.inputs[2] !== second.inputs[0]) return null;
  const { activation } = first.params;
  if (activation !== second.params.activation) return null;
  const inputs = [...first.inputs, second.inputs[1]!];
  return { primitive: denseBackwardCurved.primitive, inputs, params: { activation } };
}

function accumulated([p, carry]: readonly Atom[], made: MadeOnce): Fused | null {
  const product = made(p, denseBackwardWeight);
  if (!product || !carry || `${carry.shape}` !== `${p?.shape}`) return null;
  const inputs = [...product.inputs, carry];
  return { primitive: denseAccumulateWeight.primitive, inputs, params: {} as Params };
}

/** The graph with equations of the network fused where one kernel computes them. */
export function fuseNetwork(graph: Graph): Graph {
  const reads = new Map<Atom, number>();
  const read = [...graph.equations.flatMap(({ inputs }) => inputs), ...graph.outputs];
  for (const atom of read) reads.set(atom, (reads.get(atom) ?? 0) + 1);
  const makers = new Map<Atom, Equation>();
  const made: MadeOnce = (atom, { primitive }) => {
    const maker = atom && reads.get(atom) === 1 ? makers.get(atom) : undefined;
    return maker?.primitive === primitive ? maker : null;
  };
  const equations = graph.equations.map((equation) => {
    const { primitive, inputs } = equation;
    const flipped = inputs.toReversed();
    const sum =
      primitive === add.primitive
        ? (curved(inputs, made) ??
          curved(flipped, made) ??
          accumulated(inputs, made) ??
          accumulated(flipped, made))
        : null;
    const next = { ...equation, ...(sum ?? hidden(equation, made)) };
    for (const output of next.outputs) makers.set(output, next);
    return next;
  });
  return eliminateDeadCode({ ...graph, equations });
}
