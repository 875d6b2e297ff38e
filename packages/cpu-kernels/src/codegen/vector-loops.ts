// The loops of elementwise code: nested, the innermost over vectors, its last few elements on fewer lanes.
import { type Expr, ifThen, type Local } from "../wasm/index.ts";
import type { Fragment } from "./fragment.ts";
import { innermost, type Nest } from "./nest.ts";
import type { Lanes } from "./vectors.ts";
import type { Walkers } from "./walkers.ts";

/** A nest whose last axis is that of the vectors, with the code to run in it. */
export interface VectorNest {
  readonly walkers: Walkers;
  readonly main: Fragment;
  readonly lengths: readonly number[];
  readonly lanes: Lanes;
}

/** One axis of which only a part is walked: so many indices, or vectors on the last axis; its end only if `isLast`. */
export interface Part {
  readonly axis: number;
  readonly count: Local;
  readonly isLast: Expr;
}

/** The axis along which lanes lie comes last: the last one, unless it is shorter than a vector. */
export function vectorised(nest: Nest, lanes: Lanes): Nest {
  const last = nest.lengths.length - 1;
  if (last < 1 || nest.lengths[last]! >= lanes) return nest;
  return innermost(nest, nest.lengths.indexOf(Math.max(...nest.lengths)));
}

/** Loops over the axes from `first` on. What does not depend on them must be computed before. */
export function vectorLoops(nest: VectorNest, first: number, part: Part | null): Expr[] {
  const { walkers, main, lengths, lanes } = nest;
  const axis = lengths.length - 1;
  const length = lengths[axis]!;
  const isPart = part?.axis === axis;
  const row = (): Expr[] => {
    const tail = length % lanes > 0 ? main.copy(0, length % lanes) : null;
    return walkers.loop(
      axis,
      isPart ? part.count : Math.floor(length / lanes),
      lanes,
      () => [...main.at(axis), ...main.stores()],
      () => {
        const ending = tail ? [...tail.at(axis), ...tail.stores()] : [];
        return isPart && tail ? [ifThen(part.isLast, ...ending)] : ending;
      },
    );
  };
  const from = (level: number): Expr[] => {
    if (level === axis) return row();
    const n = part?.axis === level ? part.count : lengths[level]!;
    return walkers.loop(level, n, 1, () => [...main.at(level), ...from(level + 1)]);
  };
  return from(first);
}
