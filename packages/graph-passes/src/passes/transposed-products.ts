// A product that is only read transposed is computed transposed: (A B)ᵀ = Bᵀ Aᵀ. Exact.
//
//   p = matmul a b, q = permute p, y = mul x q   →   q = matmul (permute b) (permute a), y = mul x q
//
// Products read their operands by strides, so these permutes cost nothing; elementwise code that reads a product across
// its rows has to gather, and cannot follow the product in its kernel. So it is done where elementwise code reads it.
import type { Atom, Equation, Graph } from "@cotangent/autodiff";
import { scalarOps } from "../schedule/scalar-ops.ts";
import { rewrite } from "./rewrite.ts";

const axesOf = ({ params }: Equation): readonly number[] =>
  (params as unknown as { readonly axes: readonly number[] }).axes;

/** Whether a permute exchanges the last two axes and leaves the others. */
function isTranspose(permute: Equation): boolean {
  const axes = axesOf(permute);
  const rank = axes.length;
  const swapped = (axis: number): number => (axis < rank - 2 ? axis : 2 * rank - 3 - axis);
  return rank >= 2 && axes.every((from, axis) => from === swapped(axis));
}

export function transposedProducts(graph: Graph): Graph {
  // The caller reads results more than once, for all we know.
  const reads = new Map<Atom, number>(graph.outputs.map((atom) => [atom, 2]));
  const byElements = new Set<Atom>();
  for (const { primitive, inputs } of graph.equations)
    for (const atom of inputs) {
      reads.set(atom, (reads.get(atom) ?? 0) + 1);
      if (scalarOps.has(primitive.name)) byElements.add(atom);
    }
  return rewrite(graph, (equation, at) => {
    if (equation.primitive.name !== "permute" || !isTranspose(equation)) return null;
    const [p] = equation.inputs as [Atom];
    const [a, b] = at.madeBy(p, "matmul")?.inputs ?? [];
    if (!a || !b || a.shape.length !== p.shape.length || b.shape.length !== p.shape.length)
      return null;
    if (reads.get(p) !== 1 || !byElements.has(equation.outputs[0]!)) return null;
    const transposed = (x: Atom): Atom => at.apply("permute", [x], { axes: axesOf(equation) });
    return [at.apply("matmul", [transposed(b), transposed(a)])];
  });
}
