// Whole Jacobians: one basis vector an input coordinate (forward) or an output coordinate (reverse).
//
//   J[out…, in…] = ∂f[out…] / ∂x[in…]
//
// All basis vectors go through the linear graph at once, as a batch. For trees the result is the
// output's tree with the input's tree in the place of each leaf.

import { type Spec, sizeOf } from "./array.ts";
import { type GradOptions, grad, selectArguments } from "./grad.ts";
import { evaluateFlat, type Graph } from "./graph.ts";
import { instantiate, jvp } from "./jvp.ts";
import { linearizeFlat } from "./linearize.ts";
import { eye } from "./operations/creation.ts";
import { astype } from "./primitives/cast.ts";
import { permute, reshape } from "./primitives/shape.ts";
import { slice } from "./primitives/slice.ts";
import type { Tensor } from "./tensor.ts";
import { type AnyFunction, Flat, type FlatFunction } from "./trace.ts";
import { transposeFlat } from "./transpose.ts";
import {
  type Arguments,
  flatten,
  type Structure,
  type Tensors,
  type TensorsLike,
  type Tree,
  unflatten,
} from "./tree.ts";
import { vmapFlat } from "./vmap.ts";

/** Each spec with its place among all coordinates laid end to end. */
function places(specs: readonly Spec[]) {
  let end = 0;
  return specs.map((spec) => {
    const start = end;
    end += sizeOf(spec.shape);
    return { shape: spec.shape, dtype: spec.dtype, start, end };
  });
}

/** A linear flat function applied to the whole basis of its inputs: one [coordinate, …output] an output. */
function onBasis(f: FlatFunction, specs: readonly Spec[]): Tensor[] {
  const total = specs.reduce((size, { shape }) => size + sizeOf(shape), 0);
  const identity = eye(total);
  const basis = places(specs).map(({ shape, dtype, start, end }) =>
    astype(reshape(slice(identity, [null, start], [null, end]), [total, ...shape]), dtype),
  );
  const isMapped = basis.map(() => true);
  return vmapFlat(f, basis, isMapped, total);
}

/** [coordinate, …rest] cut into one [shape…, …rest] a spec. */
const unstack = (stacked: Tensor, specs: readonly Spec[]): Tensor[] =>
  places(specs).map(({ shape, start, end }) =>
    reshape(slice(stacked, [start], [end]), [...shape, ...stacked.shape.slice(1)]),
  );

/** Finds the blocks J[output leaf][input leaf] of a linear graph. */
type Blocks = (graph: Graph, x: readonly Tensor[], y: readonly Tensor[]) => Tensor[][];

const jacobian =
  (name: string, blocks: Blocks): Jacobian =>
  (f, { argnums } = {}) =>
  (...args) => {
    const selected = selectArguments(name, f as AnyFunction, args as readonly unknown[], argnums);
    const { leaves, structure } = flatten(selected.chosen);
    const flat = new Flat(name, selected.f, structure);
    const { outputs, graph } = linearizeFlat(flat.run, leaves);
    const inner = Array.isArray(argnums) ? structure : (structure as readonly Structure[])[0]!;
    const rows = blocks(graph, leaves, outputs).map((row) => unflatten(inner, row));
    return unflatten(flat.outTree, rows) as never;
  };

export type Jacobian = <A extends Arguments, R>(
  f: (...args: A) => R,
  options?: Omit<GradOptions, "hasAux">,
) => (...args: TensorsLike<A>) => Jacobians<R, A[0]>;
/** The output's tree with the input's tree at each leaf. */
export type Jacobians<R, X> = Tree extends R
  ? Tree
  : R extends Tensor | number
    ? Tensors<X>
    : { readonly [K in keyof R]: Jacobians<R[K], X> };

/** ∂f/∂x by forward mode, at the cost of one jvp an input coordinate: [output shape…, input shape…]. */
export const jacfwd: Jacobian = jacobian("jacfwd", (graph, x, y) =>
  onBasis((xDot) => evaluateFlat(graph, xDot), x).map((image, k) =>
    unstack(image, x).map((block) => {
      const axes = block.shape.map((_, axis) => axis);
      const inputRank = axes.length - y[k]!.shape.length;
      return permute(block, [...axes.slice(inputRank), ...axes.slice(0, inputRank)]);
    }),
  ),
);

/** ∂f/∂x by reverse mode, at the cost of one vjp an output coordinate: [output shape…, input shape…]. */
export const jacrev: Jacobian = jacobian("jacrev", (graph, x, y) => {
  const rows = onBasis((yBar) => instantiate(transposeFlat(graph, yBar), x), y);
  const blocks = rows.map((image) => unstack(image, y));
  return y.map((_, k) => blocks.map((row) => row[k]!));
});

type Scalar<A extends Arguments> = (...args: A) => Tensor | number;

/** ∂²f/∂x∂x of a scalar function, forward over reverse: [input shape…, input shape…]. */
export function hessian<A extends Arguments>(
  f: Scalar<A>,
  options: Omit<GradOptions, "hasAux"> = {},
): (...args: TensorsLike<A>) => Jacobians<Tensors<A[0]>, A[0]> {
  return jacfwd(grad(f as AnyFunction as Scalar<never>, options as object), options) as never;
}

/** ∂²f(x) ẋ, the Hessian of a scalar function times a vector, without the Hessian: a list, one part a primal. */
export function hvp<A extends Arguments>(
  f: Scalar<A>,
  primals: NoInfer<TensorsLike<A>>,
  tangents: NoInfer<TensorsLike<A>>,
): Tensors<A> {
  const argnums = Object.keys(primals).map(Number);
  return jvp(
    grad(f as AnyFunction as Scalar<never>, { argnums }),
    primals as never,
    tangents as never,
  )[1] as never;
}
