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
import { along, type Vector } from "./vector.ts";

/** How many spreads an error may be. */
export const spreads = 32;

/** The graph as a function that moves every operand and every result by ±u, differently at each call. */
export function noisy({ graph }: EngineSubject, draws: Draws, roundoff: number): FlatFunction {
  const move = (x: Tensor) => {
    if (x.dtype !== "f64") return x;
    const factors = draws.signed(x.size).map((s) => 1 + roundoff * s);
    return mul(x, new Tensor(x.shape, "f64", factors));
  };
  return (leaves) => {
    const read = replay(graph, leaves, (equation, inputs) => {
      // One tensor is moved once: a rule may treat x·x as a square.
      const own = new Map(inputs.map((x) => [x, isSwitch(equation) ? x : move(x)]));
      const moved = inputs.map((x) => own.get(x)!);
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

/**
 * The noise of each component of a plain function, from its fifth differences over steps of `h` v, where it
 * first moves: a smooth part leaves nothing in them (Moré & Wild 2011, Estimating computational noise).
 *
 * The points lie at squares, and steps have two lengths, since a staircase looks straight to equal steps that
 * are as long as some of its own.
 */
function plainNoise({ point, value }: Subject, draws: Draws): Vector {
  const signs = draws.signed(point.length);
  const noise = value(point).fill(0);
  const seen = new Uint8Array(noise.length);
  // Steps that suit each coordinate come first: others may step over what happens beside 0.
  const least = point.some((x) => Math.abs(x) < 2 ** -6) ? [0, 2 ** -6] : [0];
  const steps = least.flatMap((size) =>
    [48, 42, 36, 30, 24, 18, 12, 6].map((k) => [size, 2 ** -k]),
  );
  for (const [size, h] of steps as [number, number][]) {
    if (seen.every((times) => times > 1)) break;
    const v = signs.map((s, i) => s * Math.max(Math.abs(point[i]!), size));
    const rows = Array.from({ length: 8 }, (_, k) => value(along(point, (k * k - 24) * h, v)));
    noise.forEach((known, i) => {
      let d = rows.map((y) => y[i]!);
      const moves = d.filter((y, k) => k > 0 && y !== d[k - 1]).length;
      if (seen[i]! > 1 || moves < 4) return;
      seen[i]!++;
      for (let order = 0; order < 5; order++) d = d.slice(1).map((y, k) => y - d[k]!);
      noise[i] = Math.max(known, Math.hypot(...d) / Math.sqrt(252 * d.length));
    });
  }
  return noise.map((s) => 3 * s || 0);
}

/** How far rounding moves each output. */
export function noiseOf(subject: Subject, draws: Draws): Vector {
  const { point, inputs, outputs, roundoff, value, engine } = subject;
  const y = value(point);
  const sample = () =>
    outputs.join(noisy(engine!, draws, roundoff)(inputs.tensors(point)), "the value");
  const spread = engine ? spreadOf(y, sample) : plainNoise(subject, draws);
  return spread.map((s, i) => Math.max(s, roundoff * Math.abs(y[i]!)));
}
