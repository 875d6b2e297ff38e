// Derivatives by central differences of a graph in BigNumbers: nothing is assumed but the function.
//
//   ∂f(x) v = (f(x + h v) − f(x − h v))/2h + O(h²),   h = 10⁻²⁰ min|xᵢ| / max|vᵢ|: 40 digits of 64 are left
//
// A kink gives the mean of its two slopes.
import type { Graph } from "@cotangent/autodiff/functions";
import { lengthOf } from "../coordinates.ts";
import { type Big, exact, standardDigits } from "./big.ts";
import { bigEvaluate } from "./evaluate.ts";

/** ∂f(point) · direction of all outputs, end to end; the graph's inputs are floats and lie end to end too. */
export function bigJvp(
  graph: Graph,
  point: ArrayLike<number>,
  direction: ArrayLike<number>,
): Big[] {
  const v = Array.from(direction);
  const sizes = Array.from(point, Math.abs);
  const least = (some: number[]) => Math.min(1, ...some.filter((size) => size > 0));
  // As many more digits as the smallest coordinate has zeros.
  const zeros = Math.ceil(-12 - Math.log10(least(sizes)));
  const x = Array.from(point, (xi) => exact(xi, standardDigits + Math.max(zeros, 0)));
  // One step for all coordinates, small beside the smallest that moves.
  const h = exact(least(sizes.filter((_, i) => v[i] !== 0)))
    .times("1e-20")
    .div(Math.max(...v.map(Math.abs)) || 1);
  const at = (sign: number): Big[] => {
    const moved = x.map((xi, i) => xi.plus(h.times(exact(v[i]!)).times(sign)));
    const inputs = graph.inputs.map(({ shape }) => moved.splice(0, lengthOf(shape)));
    return bigEvaluate(graph, inputs).flat();
  };
  const below = at(-1);
  return at(1).map((y, r) => y.minus(below[r]!).div(h.times(2)));
}
