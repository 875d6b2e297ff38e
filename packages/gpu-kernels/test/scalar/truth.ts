// What scalar operations are: the engine's interpreter in f64, with the magnitude of their terms.
//
//   M = |f(x)| + Σᵢ |xᵢ ∂f/∂xᵢ|,     f(x) may err by k·u·M,  u = 2⁻²⁴

import type { DType, Tensor } from "@cotangent/autodiff";
import * as engine from "@cotangent/autodiff";
import type { ScalarOperation } from "../../src/scalar/index.ts";

type Operation = (...inputs: Tensor[]) => Tensor;

/** Operations of floats, by the engine's own functions. */
const operations = engine as unknown as Record<string, Operation>;

export interface Truth {
  readonly value: Float64Array;
  readonly terms: Float64Array;
}

/** f at these points. */
export function truthOf(op: ScalarOperation, points: readonly Float32Array[]): Truth {
  const f = operations[op]!;
  const inputs = points.map((x) => engine.tensor(Float64Array.from(x)));
  const value = Float64Array.from(f(...inputs).data);
  const terms = value.map(Math.abs);
  if (f(...inputs).dtype === "bool") return { value, terms };
  for (const [i, x] of inputs.entries()) {
    const one = (v: Tensor) => f(...inputs.with(i, v));
    const [, slope] = engine.jvp(one, [x], [x]);
    for (const [j, s] of slope.data.entries()) if (Number.isFinite(s)) terms[j]! += Math.abs(s);
  }
  return { value, terms };
}

/** A conversion by the engine. */
export const converted = (x: readonly number[], from: DType, to: DType): number[] =>
  Array.from(engine.tensor(Float64Array.from(x)).astype(from).astype(to).data);

const unit = 2 ** -24;
const beyond = 2 ** 128;
const bounded = (x: number): number => Math.max(-beyond, Math.min(x, beyond));

/** How many units of M a result errs by, beyond `least`; ∞ where one is NaN and the other not. */
export function errorOf(got: number, value: number, terms: number, least: number): number {
  if (Number.isNaN(got) || Number.isNaN(value)) return Object.is(got, value) ? 0 : Infinity;
  const error = Math.max(Math.abs(bounded(got) - bounded(value)) - least, 0);
  return error === 0 ? 0 : error / (unit * bounded(terms));
}

/** Denormal numbers as a GPU may take them. */
export const flushed = (x: Float32Array): Float32Array =>
  x.map((v) => (Math.abs(v) < 2 ** -126 ? v * 0 : v));
