/**
 * What an optimiser is: a pure map (params, grads, state, step) → (params, state) over trees, traceable
 * because it is built from engine operations only. State has the dtype of the parameters.
 * sgd.ts and adam.ts are the two there are; both take the options below.
 */
import {
  abs,
  add,
  astype,
  type DType,
  div,
  greater,
  max,
  maximum,
  mul,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tree,
  tensor,
  tree,
  where,
} from "@cotangent/autodiff";
import {
  type OptionNames,
  requireFunction,
  requireNumber,
  requireOptions,
} from "./preconditions.ts";
import { constant, type Schedule } from "./schedule.ts";

/** Parameters and optimiser state after an update. */
export interface Updated {
  readonly params: Tree;
  readonly state: Tree;
}

export interface Optimiser {
  readonly name: string;
  /** The state before the first step. */
  init(params: Tree): Tree;
  /** One step; `step` counts from 0. Shapes and dtypes of the results are those of the arguments. */
  update(params: Tree, grads: Tree, state: Tree, step: Tensor | number): Updated;
}

/** Options that every optimiser takes. */
export interface OptimiserOptions {
  /** η, in units of parameter per (loss per parameter) for sgd, of parameter for adam. */
  readonly learningRate: number;
  /** Multiplies η at each step; default 1. */
  readonly schedule?: Schedule;
  /** Scales the gradient so that its global norm is at most this; default: no limit. */
  readonly clipNorm?: number;
}

/** The dtype of the parameters: that of the first float leaf. */
export function floatType(params: Tree): DType {
  return (
    tree.leaves(params).find(({ dtype }) => dtype === "f32" || dtype === "f64")?.dtype ?? "f64"
  );
}

/** ‖g‖ = √Σ g², over all leaves: scalar. */
export function globalNorm(grads: Tree): Tensor {
  const { largest, ratio } = normParts(grads);
  return mul(largest, ratio);
}

/** g · c/max(‖g‖, c): gradients whose global norm is at most c, their direction unchanged. */
export function clipByGlobalNorm(grads: Tree, clipNorm: number | undefined): Tree {
  if (clipNorm === undefined) return grads;
  const { largest, ratio } = normParts(grads);
  // c/‖g‖ = (c/ratio)/largest; ‖g‖ itself may exceed the dtype although every g fits.
  const long = greater(ratio, div(clipNorm, largest));
  const factor = where(long, div(div(clipNorm, ratio), largest), 1);
  return tree.map((g) => scaled(g, factor), grads);
}

/** ‖g‖ = m √Σ (g/m)² as the pair m = max |g| (1 when all are zero) and the root: no square overflows. */
function normParts(grads: Tree): { largest: Tensor; ratio: Tensor } {
  const dtype = floatType(grads);
  const zero = tensor(0, { dtype });
  const leaves = tree.leaves(grads).filter(({ size }) => size > 0);
  const most = leaves.map((g) => astype(max(abs(g)), dtype)).reduce((a, b) => maximum(a, b), zero);
  const largest = where(greater(most, 0), most, 1);
  const squares = leaves.map((g) => astype(sum(square(div(g, astype(largest, g.dtype)))), dtype));
  return { largest, ratio: sqrt(squares.reduce((a, b) => add(a, b), zero)) };
}

/** x c in the dtype of x: the factors that all leaves share are computed once, in one dtype. */
export function scaled(x: Tensor, factor: Tensor): Tensor {
  return mul(x, astype(factor, x.dtype));
}

/** t as a float scalar of the parameters' dtype. */
export function stepOf(step: Tensor | number, params: Tree): Tensor {
  return astype(step, floatType(params));
}

/** η f(t): scalar. t: float scalar. */
export function rateAt(
  { learningRate, schedule = constant() }: OptimiserOptions,
  t: Tensor,
): Tensor {
  return mul(learningRate, astype(schedule(t), t.dtype));
}

/** The options that every optimiser takes and `own`. Throws unless the former are what they should be. */
export function requireOptimiserOptions<O extends OptimiserOptions>(
  operation: string,
  given: O,
  own: Omit<OptionNames<O>, keyof OptimiserOptions>,
): O {
  const shared = { learningRate: true, schedule: false, clipNorm: false };
  const options = requireOptions(operation, given, { ...shared, ...own } as OptionNames<O>);
  requireNumber(operation, "learningRate", options.learningRate, "> 0", (η) => η > 0);
  requireNumber(operation, "clipNorm", options.clipNorm, "> 0", (c) => c > 0);
  requireFunction(operation, "schedule", options.schedule);
  return options;
}
