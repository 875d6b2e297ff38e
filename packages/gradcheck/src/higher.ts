// Higher derivatives of a subject of the engine, by its public transformations.
import { add, grad, jvp, mul, sum, type Tensor, tensor } from "@cotangent/autodiff/functions";
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
  ({ engine }: Subject, u: Vector, run: FlatFunction = engine!.run): Scalar =>
  (...x) =>
    pairing(run(x), engine!.layouts[1].tensors(u));

/** ∇φ with respect to all of its arguments. */
export const gradient =
  (phi: Scalar): Field =>
  (...x) =>
    grad(phi as (...x: never[]) => Tensor, { argnums: [...x.keys()] })(
      ...(x as never[]),
    ) as Tensor[];

/** The derivative of the given order along v. */
export function directional<F extends Scalar | Field>(f: F, v: readonly Tensor[], order = 1): F {
  if (order === 0) return f;
  const lower = directional(f, v, order - 1) as (...x: Tensor[]) => unknown;
  return ((...x: Tensor[]) => jvp(lower, x, [...v])[1]) as F;
}
