// What rounding explains: how far a derivative moves when every operand of every equation moves by u.
//
//   spread = max over samples |g(graph with each x replaced by x(1 + uξ)) − g(graph)|,   ξ of both signs
//
// This weighs every term of the derivative with its magnitude and its sensitivity, as the bound
// Σ|xᵢ ∂ᵢt| + Σ|t| does for one equation: what a good derivative may lose in its format, and no more
// (Parker 1997, Monte Carlo arithmetic).
import { mul, Tensor } from "@cotangent/autodiff/functions";
import { bind, type FlatFunction } from "@cotangent/autodiff/testing";
import type { Draws } from "./draws.ts";
import type { EngineSubject } from "./subject.ts";
import { isSwitch, replay } from "./switches.ts";
import type { Vector } from "./vector.ts";

/** How many spreads an error may be. */
export const spreads = 32;

/** The largest of six moves of `derivative` for each component, and a few roundings of the component itself. */
export function allowances(
  { graph }: EngineSubject,
  draws: Draws,
  roundoff: number,
  center: Vector,
  derivative: (f: FlatFunction) => Vector,
): Vector {
  const move = (x: Tensor) => {
    if (x.dtype !== "f64") return x;
    const factors = draws.signed(x.size).map((s) => 1 + roundoff * s);
    return mul(x, new Tensor(x.shape, "f64", factors));
  };
  const noisy: FlatFunction = (leaves) => {
    const read = replay(graph, leaves, (equation, inputs) => {
      const moved = isSwitch(equation) ? inputs : inputs.map(move);
      return bind(equation.primitive, moved, equation.params).map(move);
    });
    return graph.outputs.map(read);
  };
  const spread = new Float64Array(center.length);
  for (let sample = 0; sample < 6; sample++)
    derivative(noisy).forEach((g, i) => {
      spread[i] = Math.max(spread[i]!, Math.abs(g - center[i]!));
    });
  return spread.map((s, i) => spreads * s + 8 * roundoff * Math.abs(center[i]!));
}
