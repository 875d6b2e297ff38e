// What a graph keeps in memory while it runs, and how often it computes what, calls included.
import { type Atom, constantsOf, type Graph, type Tensor, Var } from "@cotangent/autodiff";

const bytesPerElement = { f64: 8, f32: 4, i32: 4, u32: 4, bool: 1 } as const;

export const bytesOf = ({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): number =>
  shape.reduce((size, length) => size * length, bytesPerElement[dtype]);

/** The bytes of the constants of a graph: for a linear graph, of its residuals. Scalars are not counted. */
export const residualBytes = (graph: Graph): number =>
  constantsOf(graph)
    .filter(({ shape }) => shape.length > 0)
    .reduce((total, x) => total + bytesOf(x), 0);

/** The graph that a call equation runs. */
export function calleeOf(params: object): Graph | undefined {
  const { forward } = params as { forward?: { graph(): Graph } };
  return forward?.graph();
}

/** The most bytes that are alive at once when every value is dropped after its last use, in calls too. */
export function peakBytes(graph: Graph): number {
  const lastUse = new Map<Atom, number>();
  graph.equations.forEach(({ inputs }, position) => {
    for (const atom of inputs) lastUse.set(atom, position);
  });
  for (const atom of graph.outputs) lastUse.set(atom, Number.POSITIVE_INFINITY);
  const alive = new Set<Atom>(graph.inputs);
  const total = () => [...alive].reduce((sum, atom) => sum + bytesOf(atom), 0);
  let peak = total();
  graph.equations.forEach(({ inputs, outputs, params }, position) => {
    const inner = calleeOf(params);
    const shared = inputs.reduce((sum, atom) => sum + bytesOf(atom), 0);
    if (inner) peak = Math.max(peak, total() + peakBytes(inner) - shared);
    for (const y of outputs) alive.add(y);
    peak = Math.max(peak, total());
    for (const atom of [...inputs, ...outputs])
      if (atom instanceof Var && (lastUse.get(atom) ?? -1) <= position) alive.delete(atom);
  });
  return peak;
}

/** How many equations of a primitive run, those inside of calls included. */
export const countOf = (graph: Graph, name: string): number =>
  graph.equations.reduce((count, { primitive, params }) => {
    const inner = calleeOf(params);
    return count + Number(primitive.name === name) + (inner ? countOf(inner, name) : 0);
  }, 0);
