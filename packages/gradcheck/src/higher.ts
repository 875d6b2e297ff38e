// Higher derivatives of a subject of the engine, by its public transformations.
import { add, jvp, mul, sum, type Tensor, tensor, vjp } from "@cotangent/autodiff/functions";
import type { FlatFunction } from "@cotangent/autodiff/testing";
import type { Subject } from "./subject.ts";
import type { Vector } from "./vector.ts";

export type Scalar = (...x: Tensor[]) => Tensor;
export type Field = (...x: Tensor[]) => Tensor[];

/** Σ ⟨xᵢ, yᵢ⟩ over lists of tensors. */
export const pairing = (x: readonly Tensor[], y: readonly Tensor[]): Tensor =>
  x.map((xi, i) => sum(mul(xi, y[i]!))).reduce((a, b) => add(a, b), tensor(0));

/** φ = ⟨u, f⟩, of the function itself or of its graph. */
export const scalarOf =
  ({ engine, outputs }: Subject, u: Vector, run: FlatFunction = engine!.run): Scalar =>
  (...x) =>
    pairing(run(x), outputs.tensors(u));

/** ∇φ with respect to all of its arguments. */
export const gradient =
  (phi: Scalar): Field =>
  (...x) => [...vjp(phi, x)[1](tensor(1))];

/** f as a function of the arguments at some positions; the others stay as they are. */
export const ofSome =
  <T, Y>(f: (all: T[]) => Y, all: readonly T[], positions: readonly number[]) =>
  (...x: readonly T[]): Y =>
    f(all.map((given, i) => x[positions.indexOf(i)] ?? given));

/** The derivative of the given order along v. */
export function directional<F extends Scalar | Field>(f: F, v: readonly Tensor[], order = 1): F {
  if (order === 0) return f;
  const lower = directional(f, v, order - 1) as (...x: Tensor[]) => unknown;
  return ((...x: Tensor[]) => jvp(lower, x, [...v])[1]) as F;
}
