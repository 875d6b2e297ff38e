// Reverse mode: vjp is linearize, then transpose. grad is vjp of a scalar with cotangent 1.
//
//   f, x → f(x), (ȳ → ȳ ∂f(x))

import { isFloat } from "./array.ts";
import { fail } from "./errors.ts";
import { instantiate } from "./jvp.ts";
import { linearizeFlat } from "./linearize.ts";
import { scalar } from "./primitives/cast.ts";
import { Tensor } from "./tensor.ts";
import { type AnyFunction, checkFunction, Flat } from "./trace.ts";
import { pullback, transposeFlat } from "./transpose.ts";
import { type Arguments, flatten, map, type Tensors, type TensorsLike, unflatten } from "./tree.ts";

/** [y, pullback] with pullback(ȳ) = the list of cotangents, one for each primal. */
export function vjp<A extends Arguments, R>(
  f: (...args: A) => R,
  primals: NoInfer<TensorsLike<A>>,
): [Tensors<R>, (yBar: TensorsLike<R>) => Tensors<A>] {
  const { leaves, structure } = flatten(primals);
  const flat = new Flat("vjp", f as AnyFunction, structure);
  const { outputs, graph } = linearizeFlat(flat.run, leaves);
  const pull = pullback("vjp", graph, structure, flat.outTree);
  return [unflatten(flat.outTree, outputs) as Tensors<R>, pull as () => Tensors<A>];
}

export interface GradOptions<N = number | readonly number[], X = boolean> {
  /** Which arguments to differentiate: a position (0 by default), or a list of them. */
  readonly argnums?: N;
  /** Whether the function returns [value, aux], with an aux tree that is handed through. */
  readonly hasAux?: X;
}

/** `argnums: 1` gives the gradient of argument 1, `argnums: [0, 2]` a list of two. */
export type Gradients<A extends Arguments, N> = N extends readonly number[]
  ? Tensors<A[number]>[]
  : Tensors<A[N & keyof A]>;

type Loss<X> = X extends true ? readonly [Tensor | number, unknown] : Tensor | number;
type Value<R, X> = X extends true ? Tensors<R> : Tensor;
type WithAux<G, R, X> = X extends true
  ? [G, R extends readonly [unknown, infer Aux] ? Tensors<Aux> : never]
  : G;

/** A function of the arguments that are differentiated, with the others fixed. */
export function selectArguments(
  operation: string,
  f: AnyFunction,
  args: Arguments,
  argnums: GradOptions["argnums"] = 0,
): { f: AnyFunction; chosen: unknown[] } {
  checkFunction(operation, f);
  const all = args.map((arg) => map((leaf) => leaf, arg));
  const positions = [argnums].flat();
  if (new Set(positions).size !== positions.length)
    throw fail`${operation}: argnums ${positions} name one argument twice, expected each once`;
  for (const position of positions) {
    if (!(position in args))
      throw fail`${operation}: argnums ${position}, expected a position below ${args.length}, the argument count`;
    const integer = flatten(all[position]).leaves.find((leaf) => !isFloat(leaf.dtype));
    if (integer)
      throw fail`${operation}: argument ${position} has a leaf ${integer}, expected f64 or f32; choose others with argnums, or use astype`;
  }
  const call = (...chosen: never[]) => {
    const list = all.map((arg, i) => chosen[positions.indexOf(i)] ?? arg);
    return f(...(list as never[]));
  };
  return { f: call, chosen: positions.map((position) => all[position]) };
}

/** The value and the gradient; with `hasAux` the first element is [value, aux]. */
export function valueAndGrad<
  A extends Arguments,
  R extends Loss<X>,
  N extends number | readonly number[] = 0,
  X extends boolean = false,
>(
  f: (...args: A) => R,
  { argnums, hasAux }: GradOptions<N, X> = {},
): (...args: TensorsLike<A>) => [Value<R, X>, Gradients<A, N>] {
  return (...args) => {
    const { f: call, chosen } = selectArguments(
      "grad",
      f as AnyFunction,
      args as readonly unknown[],
      argnums,
    );
    const { leaves, structure } = flatten(chosen);
    const flat = new Flat("grad", call, structure);
    const { outputs, graph } = linearizeFlat(flat.run, leaves);
    const result = unflatten(flat.outTree, outputs);
    const value = hasAux ? (result as readonly unknown[])[0] : result;
    if (!(value instanceof Tensor && value.shape.length === 0 && isFloat(value.dtype)))
      throw fail`grad: expected a float scalar${hasAux ? " and aux" : ""} from the function, got ${value}; sum or mean it, or use jacrev or vjp`;
    const bars = transposeFlat(graph, [scalar(1, value.dtype)]);
    const gradients = unflatten(structure, instantiate(bars, leaves)) as readonly unknown[];
    const one = Array.isArray(argnums) ? gradients : gradients[0];
    return [result as Value<R, X>, one as Gradients<A, N>];
  };
}

/** The gradient of a scalar function with respect to `argnums`; with `hasAux`, [gradient, aux]. */
export function grad<
  A extends Arguments,
  R extends Loss<X>,
  N extends number | readonly number[] = 0,
  X extends boolean = false,
>(
  f: (...args: A) => R,
  options: GradOptions<N, X> = {},
): (...args: TensorsLike<A>) => WithAux<Gradients<A, N>, R, X> {
  return (...args) => {
    const [value, gradients] = valueAndGrad<A, R, N, X>(f, options)(...args);
    const result = options.hasAux ? [gradients, (value as readonly unknown[])[1]] : gradients;
    return result as WithAux<Gradients<A, N>, R, X>;
  };
}
