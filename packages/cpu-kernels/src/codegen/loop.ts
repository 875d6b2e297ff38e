// A loop kernel: for every element of a shape, loads, steps and stores.
//
//   for i0: for i1: …  for vectors of the last axis: code
//
// Units of work are indices of the first axis, or runs of vectors where there is one long axis; in a band, blocks.
import type { LoopKernel, Shape } from "@cotangent/graph-passes";
import { i32, op, select, set } from "../wasm/index.ts";
import { lanesOf, type ModuleContext, type Phase, phase } from "./context.ts";
import { Fragment } from "./fragment.ts";
import { behindBlocks, byteStrides, coalesce, type Nest, nonEmpty, viewsOf } from "./nest.ts";
import { vectorised, vectorLoops } from "./vector-loops.ts";
import { Walkers } from "./walkers.ts";

/** Vectors of a unit when the only long axis is split. */
const vectorsPerUnit = 64;

export function loopCode(
  name: string,
  { shape, code }: LoopKernel,
  module: ModuleContext,
  isInBand: boolean,
): Phase {
  const lanes = lanesOf(code);
  const strides = byteStrides(viewsOf(code), 0, shape.length);
  const inner = (lengths: Shape, all: readonly number[][]): Nest =>
    nonEmpty(vectorised(coalesce(lengths, all, all[code.loads.length] ?? []), lanes));
  const nest = isInBand ? behindBlocks(shape, strides, inner) : inner(shape, strides);
  const last = nest.lengths.length - 1;
  const vectors = Math.floor(nest.lengths[last]! / lanes);
  const outer = nest.lengths[0]!;
  const splitsOuter = isInBand || (last > 0 && (outer >= 16 || vectors < 16 * vectorsPerUnit));
  const units = splitsOuter ? outer : Math.max(1, Math.ceil(vectors / vectorsPerUnit));

  return phase(module, name, units, (fb, { begin, end, own }) => {
    const walkers = new Walkers(fb, nest.lengths, module.blocks(own));
    const context = { ...module, lanes };
    const fragment = new Fragment(code, { context, fb, walkers, ...nest, vectorAxis: last });
    const count = fb.local("count", "i32");
    const isLast = op("i32.eq", end, i32(units));
    const part = units === 1 ? null : { axis: splitsOuter ? 0 : last, count, isLast };
    const invariant = fragment.at(-1);
    const loops = vectorLoops({ walkers, main: fragment, lengths: nest.lengths, lanes }, 0, part);
    const first = splitsOuter ? begin : op("i32.mul", begin, i32(vectorsPerUnit));
    const behind = op("i32.mul", end, i32(vectorsPerUnit));
    const limit = splitsOuter
      ? end
      : select(behind, i32(vectors), op("i32.lt_s", behind, i32(vectors)));
    const elements = splitsOuter ? first : op("i32.mul", first, i32(lanes));
    fb.push(
      ...(part ? [set(count, op("i32.sub", limit, first))] : []),
      ...walkers.start(part ? [[part.axis, elements]] : []),
      ...invariant,
      ...loops,
    );
  });
}
