// A reduce kernel: terms over kept × reduced axes, folded over the reduced ones, then an epilogue over the kept.
//
//   within   lanes lie along the innermost reduced axis, and are folded into one number at the end of each row
//   across   lanes lie along the innermost kept axis: each lane folds its own number
//
// Whichever takes fewer instructions. Units of work are indices of the first kept axis, or, when lanes lie along the
// only kept axis, groups of vectors of it (in a band, blocks): so a result never depends on how units are shared out.
import type { ReduceKernel } from "@cotangent/graph-passes";
import type { ModuleContext, Phase } from "./context.ts";
import { accesses, viewsOf } from "./nest.ts";
import { foldAcross } from "./reduce-across.ts";
import { foldWithin } from "./reduce-within.ts";
import { type Reduction, reductionOf } from "./reduction.ts";
import { bytesPer } from "./vectors.ts";

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

export function reduceCode(
  name: string,
  kernel: ReduceKernel,
  module: ModuleContext,
  isInBand: boolean,
): Phase {
  const reduction = reductionOf(kernel, isInBand);
  const { nest, kept } = reduction;
  const isAcross = cost(reduction, kept - 1) < cost(reduction, nest.lengths.length - 1);
  return (isAcross ? foldAcross : foldWithin)(name, reduction, module);
}
