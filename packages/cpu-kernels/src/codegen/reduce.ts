// A reduce kernel: terms over kept × reduced axes, folded over the reduced ones, then an epilogue over the kept.
//
//   within   lanes lie along the innermost reduced axis, and are folded into one number at the end of each row
//   across   lanes lie along the innermost kept axis: each lane folds its own number
//
// Whichever takes fewer instructions. Units of work are indices of the first kept axis, or, when lanes lie along the
// only kept axis, groups of vectors of it: so a result never depends on how units are shared out.
import type { Shape } from "@cotangent/autodiff";
import type { ReduceKernel, ScalarCode, View } from "@cotangent/graph-passes";
import { type KernelCode, lanesOf, type ModuleContext } from "./context.ts";
import { accesses, around, byteStrides, coalesce, type Nest, nonEmpty } from "./nest.ts";
import { foldAcross } from "./reduce-across.ts";
import { foldWithin } from "./reduce-within.ts";
import { bytesPer, type Lanes } from "./vectors.ts";

/** A reduce kernel whose axes are merged: first the kept ones, then the reduced ones. */
export interface Reduction {
  readonly kernel: ReduceKernel;
  readonly lanes: Lanes;
  readonly nest: Nest;
  /** Strides of the epilogue's views over the same axes. */
  readonly epilogue: readonly (readonly number[])[];
  readonly kept: number;
}

const viewsOf = ({ loads, stores }: ScalarCode): View[] => [
  ...loads,
  ...stores.map(({ view }) => view),
];

/** The strides of the view that walks farthest along the axes: the one to be walked in order. */
const widest = (strides: readonly number[][], shape: Shape): readonly number[] =>
  strides.toSorted((a, b) => reach(b, shape) - reach(a, shape))[0] ?? [];
const reach = (strides: readonly number[], shape: Shape): number =>
  strides.reduce((sum, stride, axis) => sum + Math.abs(stride) * (shape[axis]! - 1), 0);

function mergeAxes(kernel: ReduceKernel): Reduction {
  const { kept, reduced, code, epilogue } = kernel;
  const [terms, results] = [viewsOf(code), viewsOf(epilogue)];
  const outer = [...byteStrides(terms, 0, kept.length), ...byteStrides(results, 0, kept.length)];
  const inner = byteStrides(terms, kept.length, kept.length + reduced.length);
  const key = outer[terms.length + epilogue.loads.length] ?? [];
  const keptNest = nonEmpty(coalesce(kept, outer, key));
  const reducedNest = nonEmpty(coalesce(reduced, inner, widest(inner, reduced)));
  const none = reducedNest.lengths.map(() => 0);
  const own = { ...keptNest, strides: keptNest.strides.slice(0, terms.length) };
  return {
    kernel,
    lanes: lanesOf(code, epilogue),
    nest: around(own, reducedNest),
    epilogue: keptNest.strides.slice(terms.length).map((strides) => [...strides, ...none]),
    kept: keptNest.lengths.length,
  };
}

/** Instructions that it takes, roughly, with lanes along `axis`. */
function cost({ kernel, lanes, nest, kept }: Reduction, axis: number): number {
  const views = viewsOf(kernel.code);
  const loads = views.map(({ buffer }, view) =>
    accesses(nest.strides[view]![axis]!, bytesPer(buffer.dtype), lanes),
  );
  const body = loads.reduce((sum, n) => sum + n, 1 + kernel.code.steps.length);
  const product = (lengths: readonly number[]) => lengths.reduce((a, b) => a * b, 1);
  const vectors = Math.ceil(nest.lengths[axis]! / lanes);
  const others = product(nest.lengths) / Math.max(1, nest.lengths[axis]!);
  const results = product(nest.lengths.slice(0, kept)) / (axis < kept ? nest.lengths[axis]! : 1);
  const perResult = axis < kept ? vectors * 6 : 12 + kernel.epilogue.steps.length;
  return vectors * others * body + results * perResult;
}

export function reduceCode(name: string, kernel: ReduceKernel, module: ModuleContext): KernelCode {
  const reduction = mergeAxes(kernel);
  const { nest, kept } = reduction;
  const isAcross = cost(reduction, kept - 1) < cost(reduction, nest.lengths.length - 1);
  return (isAcross ? foldAcross : foldWithin)(name, reduction, module);
}
