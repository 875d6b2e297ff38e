// Whole Jacobians: one basis vector an input coordinate (forward) or an output coordinate (reverse).
//
//   J[out…, in…] = ∂f[out…] / ∂x[in…]
//
// All basis vectors go through the linear graph at once, as a batch. For trees the result is the
// output's tree with the input's tree in the place of each leaf.
import { type Shape, type Spec, sizeOf } from "./array.ts";
import { eye } from "./creation.ts";
import { type GradOptions, grad, selectArguments } from "./grad.ts";
import { evaluateFlat, type Graph } from "./graph.ts";
import { flatFunction, instantiate, jvp } from "./jvp.ts";
import { linearizeFlat } from "./linearize.ts";
import { astype } from "./primitives/cast.ts";
import { permute, reshape, slice } from "./primitives/shape.ts";
import type { Tensor } from "./tensor.ts";
import { transposeFlat } from "./transpose.ts";
import { flatten, type Structure, type Tensors, type TensorsLike, unflatten } from "./tree.ts";
import { vmapFlat } from "./vmap.ts";

const total = (specs: readonly Spec[]) =>
  specs.reduce((size, spec) => size + sizeOf(spec.shape), 0);

/** Columns `at` to `at + size` of a matrix, each row in the given shape. */
const columns = (matrix: Tensor, at: number, shape: Shape): Tensor =>
  reshape(slice(matrix, [null, at], [null, at + sizeOf(shape)]), [
    matrix.shape[0] as number,
    ...shape,
  ]);

/** The standard basis of a product space: for each leaf a batch of total(specs) tensors. */
function basis(specs: readonly Spec[]): Tensor[] {
  const identity = eye(total(specs));
  let at = 0;
  return specs.map(({ shape, dtype }) => {
    const part = astype(columns(identity, at, shape), dtype);
    at += sizeOf(shape);
    return part;
  });
}

/** [all, …inner] cut into one [outer…, …inner] a leaf of the product space. */
function unstack(stacked: Tensor, specs: readonly Spec[]): Tensor[] {
  let at = 0;
  return specs.map(({ shape }) => {
    const part = slice(stacked, [at], [at + sizeOf(shape)]);
    at += sizeOf(shape);
    return reshape(part, [...shape, ...stacked.shape.slice(1)]);
  });
}

interface Linearized {
  readonly x: readonly Tensor[];
  readonly y: readonly Tensor[];
  readonly graph: Graph;
}

/** A Jacobian transformation from the way in which its blocks J[output leaf][input leaf] are found. */
function jacobian(name: string, blocks: (linear: Linearized) => Tensor[][]) {
  return <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    { argnums = 0 }: GradOptions = {},
  ) =>
    (...args: TensorsLike<A>): Tensors<R> => {
      const selected = selectArguments(
        name,
        f as (...args: never[]) => unknown,
        args as readonly unknown[],
        argnums,
      );
      const { leaves: x, structure } = flatten(selected.chosen);
      const { run, outTree } = flatFunction(name, selected.f, structure);
      const { outputs: y, graph } = linearizeFlat(run, x);
      const inner =
        typeof argnums === "number"
          ? ((structure as readonly Structure[])[0] as Structure)
          : structure;
      return unflatten(
        outTree(),
        blocks({ x, y, graph }).map((row) => unflatten(inner, row)),
      ) as Tensors<R>;
    };
}

/** ∂f/∂x by forward mode, at the cost of one jvp an input coordinate: [output shape…, input shape…]. */
export const jacfwd: Jacobian = jacobian("jacfwd", ({ x, y, graph }) => {
  const images = vmapFlat(
    (tangents) => evaluateFlat(graph, tangents),
    basis(x),
    x.map(() => true),
    total(x),
  );
  return images.map((image, k) => {
    const rank = (y[k] as Tensor).shape.length;
    return unstack(image, x).map((block) => {
      const axes = block.shape.map((_, axis) => axis);
      return permute(block, [
        ...axes.slice(axes.length - rank),
        ...axes.slice(0, axes.length - rank),
      ]);
    });
  });
}) as Jacobian;

/** ∂f/∂x by reverse mode, at the cost of one vjp an output coordinate: [output shape…, input shape…]. */
export const jacrev: Jacobian = jacobian("jacrev", ({ x, y, graph }) => {
  const pull = (bars: readonly Tensor[]) =>
    transposeFlat(graph, bars).map((bar, i) => instantiate(bar, x[i] as Tensor));
  const rows = vmapFlat(
    pull,
    basis(y),
    y.map(() => true),
    total(y),
  ).map((image) => unstack(image, y));
  return y.map((_, k) => rows.map((row) => row[k] as Tensor));
}) as Jacobian;

export type Jacobian = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options?: GradOptions,
) => (...args: TensorsLike<A>) => Jacobians<R, A[0]>;
/** The output's tree with the input's tree at each leaf. */
export type Jacobians<R, X> = R extends Tensor | number
  ? Tensors<X>
  : { readonly [K in keyof R]: Jacobians<R[K], X> };

/** ∂²f/∂x∂x of a scalar function, forward over reverse: [input shape…, input shape…]. */
export function hessian<A extends readonly unknown[]>(
  f: (...args: A) => Tensor | number,
  options: GradOptions = {},
): (...args: TensorsLike<A>) => Jacobians<Tensors<A[0]>, A[0]> {
  return jacfwd(
    grad(f, options) as unknown as (...args: A) => Tensors<A[0]>,
    options,
  ) as ReturnType<typeof hessian<A>>;
}

/** ∂²f(x) ẋ, the Hessian of a scalar function times a vector, without the Hessian: a list, one part a primal. */
export function hvp<A extends readonly unknown[]>(
  f: (...args: A) => Tensor | number,
  primals: TensorsLike<A>,
  tangents: TensorsLike<A>,
): Tensors<A> {
  const argnums = (primals as readonly unknown[]).map((_, i) => i);
  return jvp(
    grad(f, { argnums }) as unknown as (...args: A) => A,
    primals,
    tangents,
  )[1] as Tensors<A>;
}
