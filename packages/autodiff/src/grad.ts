// Reverse mode: vjp is linearize, then transpose. grad is vjp of a scalar with cotangent 1.
//
//   f, x → f(x), (ȳ → ȳ ∂f(x))
import { formatSpec, isFloat } from "./array.ts";
import { flatFunction, instantiate } from "./jvp.ts";
import { linearizeFlat } from "./linearize.ts";
import { scalar } from "./primitives/cast.ts";
import { Tensor } from "./tensor.ts";
import { pull, transposeFlat } from "./transpose.ts";
import { flatten, flattenWithPaths, type Tensors, type TensorsLike, unflatten } from "./tree.ts";

/** [y, pullback] with pullback(ȳ) = the list of cotangents, one for each primal. */
export function vjp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: TensorsLike<A>,
): [Tensors<R>, (yBar: TensorsLike<R>) => Tensors<A>] {
  const x = flatten(primals);
  const { run, outTree } = flatFunction("vjp", f as (...args: never[]) => unknown, x.structure);
  const { outputs, graph } = linearizeFlat(run, x.leaves);
  const tree = outTree();
  const pullback = (yBar: TensorsLike<R>) =>
    unflatten(x.structure, pull("vjp", graph, tree, x.leaves, yBar)) as Tensors<A>;
  return [unflatten(tree, outputs) as Tensors<R>, pullback];
}

export interface GradOptions<N extends number | readonly number[] = number | readonly number[]> {
  /** Which arguments to differentiate: a position, or a list of them. */
  readonly argnums?: N;
}

/** `argnums: 1` gives the gradient of argument 1, `argnums: [0, 2]` a list of two. */
export type Gradients<A extends readonly unknown[], N> = N extends readonly number[]
  ? Tensors<A[number]>[]
  : N extends keyof A
    ? Tensors<A[N]>
    : Tensors<A[0]>;

/** Splits a function's arguments into those that are differentiated and the rest. */
export function selectArguments(
  operation: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  argnums: number | readonly number[],
): { f: (...chosen: unknown[]) => unknown; chosen: unknown[] } {
  const positions = typeof argnums === "number" ? [argnums] : argnums;
  for (const position of positions) {
    if (!Number.isInteger(position) || position < 0 || position >= args.length)
      throw new RangeError(
        `${operation}: argnums ${position}, but the function was called with ${args.length} argument(s); positions count from 0`,
      );
    const { leaves, paths } = flattenWithPaths(args[position]);
    leaves.forEach((leaf, i) => {
      if (leaf instanceof Tensor && !isFloat(leaf.dtype))
        throw new TypeError(
          `${operation}: argument ${position}${paths[i]} is ${formatSpec(leaf)}, and only f64 and f32 have derivatives; use argnums to choose others, or astype`,
        );
    });
  }
  const rest = [...args];
  const call = (...chosen: unknown[]) => {
    positions.forEach((position, i) => {
      rest[position] = chosen[i];
    });
    return f(...(rest as never[]));
  };
  return { f: call, chosen: positions.map((position) => args[position]) };
}

type Loss = Tensor | number;
interface WithAux {
  readonly hasAux: true;
}

/** The value and the gradient; with `hasAux`, f returns [value, aux] and so does the first element. */
export function valueAndGrad<
  A extends readonly unknown[],
  X,
  N extends number | readonly number[] = 0,
>(
  f: (...args: A) => readonly [Loss, X],
  options: GradOptions<N> & WithAux,
): (...args: TensorsLike<A>) => [[Tensor, X], Gradients<A, N>];
export function valueAndGrad<
  A extends readonly unknown[],
  N extends number | readonly number[] = 0,
>(
  f: (...args: A) => Loss,
  options?: GradOptions<N>,
): (...args: TensorsLike<A>) => [Tensor, Gradients<A, N>];
export function valueAndGrad(
  f: (...args: never[]) => unknown,
  options: GradOptions & { readonly hasAux?: boolean } = {},
): (...args: never[]) => unknown {
  const { argnums = 0, hasAux = false } = options;
  return (...args) => {
    const { f: call, chosen } = selectArguments("grad", f, args, argnums);
    const x = flatten(chosen);
    const { run, outTree } = flatFunction("grad", call, x.structure);
    const { outputs, graph } = linearizeFlat(run, x.leaves);
    const result = unflatten(outTree(), outputs);
    const value = hasAux ? (result as readonly unknown[])[0] : result;
    const one = scalar(1, checkScalar(value, hasAux).dtype);
    const bars = transposeFlat(
      graph,
      outputs.map((_, i) => (i === 0 ? one : null)),
    );
    const gradients = unflatten(
      x.structure,
      bars.map((bar, i) => instantiate(bar, x.leaves[i] as Tensor)),
    ) as readonly unknown[];
    return [result, typeof argnums === "number" ? gradients[0] : gradients];
  };
}

function checkScalar(value: unknown, hasAux: boolean): Tensor {
  if (!(value instanceof Tensor) || value.shape.length > 0 || !isFloat(value.dtype)) {
    const got = value instanceof Tensor ? formatSpec(value) : "a tree";
    throw new TypeError(
      `grad: the function must return a float scalar${hasAux ? " and aux" : ""}, got ${got}; sum or mean it, or use jacrev or vjp`,
    );
  }
  return value;
}

/** The gradient of a scalar function with respect to `argnums` (the first argument by default). */
export function grad<A extends readonly unknown[], X, N extends number | readonly number[] = 0>(
  f: (...args: A) => readonly [Loss, X],
  options: GradOptions<N> & WithAux,
): (...args: TensorsLike<A>) => [Gradients<A, N>, X];
export function grad<A extends readonly unknown[], N extends number | readonly number[] = 0>(
  f: (...args: A) => Loss,
  options?: GradOptions<N>,
): (...args: TensorsLike<A>) => Gradients<A, N>;
export function grad(
  f: (...args: never[]) => unknown,
  options: GradOptions & { readonly hasAux?: boolean } = {},
): (...args: never[]) => unknown {
  const both = valueAndGrad(f as never, options as never) as (
    ...args: never[]
  ) => [unknown, unknown];
  return (...args) => {
    const [value, gradients] = both(...args);
    return options.hasAux ? [gradients, (value as readonly unknown[])[1]] : gradients;
  };
}
