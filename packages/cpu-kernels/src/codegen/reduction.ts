// A reduce kernel whose axes are merged: first the kept ones, then the reduced ones.
import type { DType, Shape } from "@cotangent/autodiff";
import type { ReduceKernel } from "@cotangent/graph-passes";
import { lanesOf } from "./context.ts";
import {
  around,
  behindBlocks,
  byteStrides,
  coalesce,
  type Nest,
  nonEmpty,
  viewsOf,
} from "./nest.ts";
import type { Lanes } from "./vectors.ts";

export interface Reduction {
  readonly kernel: ReduceKernel;
  readonly lanes: Lanes;
  readonly nest: Nest;
  /** Strides of the epilogue's views over the same axes. */
  readonly epilogue: readonly (readonly number[])[];
  readonly kept: number;
  /** Of what is folded. */
  readonly dtype: DType;
}

const reach = (strides: readonly number[], shape: Shape): number =>
  strides.reduce((sum, stride, axis) => sum + Math.abs(stride) * (shape[axis]! - 1), 0);

/** The strides of the view that walks farthest along the axes: the one to be walked in order. */
const widest = (strides: readonly number[][], shape: Shape): readonly number[] =>
  strides.toSorted((a, b) => reach(b, shape) - reach(a, shape))[0] ?? [];

function foldedType({ code, folded }: ReduceKernel): DType {
  const { given, loads, steps } = code;
  const dtypes = [...loads.map(({ buffer }) => buffer.dtype), ...steps.map(({ dtype }) => dtype)];
  return [...given, ...dtypes][folded]!;
}

export function reductionOf(kernel: ReduceKernel, isInBand: boolean): Reduction {
  const { kept, reduced, code, epilogue } = kernel;
  const [terms, results] = [viewsOf(code), viewsOf(epilogue)];
  const outer = [...byteStrides(terms, 0, kept.length), ...byteStrides(results, 0, kept.length)];
  const inner = byteStrides(terms, kept.length, kept.length + reduced.length);
  const inBlock = (lengths: Shape, strides: readonly number[][]): Nest =>
    nonEmpty(coalesce(lengths, strides, strides[terms.length + epilogue.loads.length] ?? []));
  const keptNest = isInBand ? behindBlocks(kept, outer, inBlock) : inBlock(kept, outer);
  const reducedNest = nonEmpty(coalesce(reduced, inner, widest(inner, reduced)));
  const none = reducedNest.lengths.map(() => 0);
  const own = { ...keptNest, strides: keptNest.strides.slice(0, terms.length) };
  return {
    kernel,
    lanes: lanesOf(code, epilogue),
    nest: around(own, reducedNest),
    epilogue: keptNest.strides.slice(terms.length).map((strides) => [...strides, ...none]),
    kept: keptNest.lengths.length,
    dtype: foldedType(kernel),
  };
}
