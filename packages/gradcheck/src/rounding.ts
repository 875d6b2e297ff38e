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
import type { EngineSubject, Subject } from "./subject.ts";
import { isSwitch, replay } from "./switches.ts";
import type { Vector } from "./vector.ts";

/** How many spreads an error may be. */
export const spreads = 32;

/** The graph as a function that moves every operand and every result by ±u, differently at each call. */
function noisy({ graph }: EngineSubject, draws: Draws, roundoff: number): FlatFunction {
  const move = (x: Tensor) => {
    if (x.dtype !== "f64") return x;
    const factors = draws.signed(x.size).map((s) => 1 + roundoff * s);
    return mul(x, new Tensor(x.shape, "f64", factors));
  };
  return (leaves) => {
    const read = replay(graph, leaves, (equation, inputs) => {
      const moved = isSwitch(equation) ? inputs : inputs.map(move);
      return bind(equation.primitive, moved, equation.params).map(move);
    });
    return graph.outputs.map(read);
  };
}

/** The largest of several moves of each component. */
function spreadOf(center: Vector, sample: () => Vector): Vector {
  const spread = new Float64Array(center.length);
  for (let k = 0; k < 6; k++)
    sample().forEach((y, i) => {
      if (Math.abs(y - center[i]!) > spread[i]!) spread[i] = Math.abs(y - center[i]!);
    });
  return spread;
}

/** How far a derivative may be off: so many spreads, and a few roundings of the component itself. */
export function allowances(
  engine: EngineSubject,
  draws: Draws,
  roundoff: number,
  center: Vector,
  derivative: (f: FlatFunction) => Vector,
): Vector {
  const spread = spreadOf(center, () => derivative(noisy(engine, draws, roundoff)));
  return spread.map((s, i) => spreads * s + 8 * roundoff * Math.abs(center[i]!));
}

/** How far rounding moves each output; of a plain function, its values at points that are equal to rounding. */
export function noiseOf({ point, roundoff, value, engine }: Subject, draws: Draws): Vector {
  const y = value(point);
  const sample = () => {
    if (!engine) return value(point.map((xi) => xi * (1 + 4 * roundoff * (draws.uniform() - 0.5))));
    const [inputs, outputs] = engine.layouts;
    return outputs.join(noisy(engine, draws, roundoff)(inputs.tensors(point)), "the value");
  };
  return spreadOf(y, sample).map((s, i) => Math.max(s, roundoff * Math.abs(y[i]!)));
}
