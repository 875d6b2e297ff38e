// A loop kernel: for every element of a shape, loads, steps and stores.
//
//   for i0: for i1: …  for vectors of the last axis: code;  the last few elements: the same code on fewer lanes
//
// Units of work are indices of the first axis, or runs of vectors where there is one long axis.
import type { LoopKernel } from "@cotangent/graph-passes";
import { type Expr, i32, ifThen, type Local, op, select, set } from "../wasm/index.ts";
import { type KernelCode, lanesOf, type ModuleContext } from "./context.ts";
import { Fragment } from "./fragment.ts";
import { byteStrides, coalesce, innermost, type Nest, nonEmpty } from "./nest.ts";
import type { Lanes } from "./vectors.ts";
import { Walkers } from "./walkers.ts";

/** Vectors of a unit when the only long axis is split. */
const vectorsPerUnit = 64;

/** The axis along which lanes lie comes last: the last one, unless it is shorter than a vector. */
function vectorised(nest: Nest, lanes: Lanes): Nest {
  const last = nest.lengths.length - 1;
  if (last < 1 || nest.lengths[last]! >= lanes) return nest;
  return innermost(nest, nest.lengths.indexOf(Math.max(...nest.lengths)));
}

export function loopCode(
  name: string,
  { shape, code }: LoopKernel,
  module: ModuleContext,
): KernelCode {
  const lanes = lanesOf(code);
  const views = [...code.loads, ...code.stores.map(({ view }) => view)];
  const strides = byteStrides(views, 0, shape.length);
  const key = strides[code.loads.length] ?? [];
  const nest = nonEmpty(vectorised(coalesce(shape, strides, key), lanes));
  const axis = nest.lengths.length - 1;
  const length = nest.lengths[axis]!;
  const vectors = Math.floor(length / lanes);
  const outer = nest.lengths[0]!;
  const splitsOuter = axis > 0 && (outer >= 16 || vectors < 16 * vectorsPerUnit);
  const units = splitsOuter ? outer : Math.max(1, Math.ceil(vectors / vectorsPerUnit));

  const ref = module.module.function(
    name,
    { params: { begin: "i32", end: "i32" } },
    (fb, { begin, end }) => {
      const walkers = new Walkers(fb, nest.lengths);
      const around = { context: { ...module, lanes }, fb, walkers, ...nest, vectorAxis: axis };
      const main = new Fragment(code, around);
      const tail = length % lanes > 0 ? main.copy(0, length % lanes) : null;
      const count = fb.local("count", "i32");

      const isLast = (statements: Expr[]): Expr[] =>
        splitsOuter || statements.length === 0
          ? statements
          : [ifThen(op("i32.eq", end, i32(units)), ...statements)];
      const row = (n: number | Local): Expr[] =>
        walkers.loop(
          axis,
          n,
          lanes,
          () => [...main.at(axis), ...main.stores()],
          () => isLast(tail ? [...tail.at(axis), ...tail.stores()] : []),
        );
      const from = (level: number): Expr[] => {
        if (level === axis) return row(splitsOuter || units === 1 ? vectors : count);
        const n = level === 0 && splitsOuter ? count : nest.lengths[level]!;
        return walkers.loop(level, n, 1, () => [...main.at(level), ...from(level + 1)]);
      };
      const statements = [...main.at(-1), ...from(0)];

      if (splitsOuter) fb.push(set(count, op("i32.sub", end, begin)), ...walkers.start(0, begin));
      else {
        const first = op("i32.mul", begin, i32(vectorsPerUnit));
        const last = op("i32.mul", end, i32(vectorsPerUnit));
        const limit = select(last, i32(vectors), op("i32.lt_s", last, i32(vectors)));
        fb.push(
          set(count, op("i32.sub", limit, first)),
          ...walkers.start(axis, op("i32.mul", first, i32(lanes))),
        );
      }
      fb.push(...statements);
    },
  );
  return { ref, units };
}
