// Which loops run around a kernel's code: axes merged where every view walks them as one.
//
//   [256, 128] with strides (128, 1), (128, 1)   is   [32768] with strides (1), (1)
//
// Axes of length 1 vanish. Strides come in elements and leave in bytes.
import type { Shape } from "@cotangent/autodiff";
import type { ScalarCode, View } from "@cotangent/graph-passes";
import { bytesPer, type Lanes } from "./vectors.ts";

/** Axes of loops, outermost first; `strides[v][axis]` are those of view v, in bytes. */
export interface Nest {
  readonly lengths: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** The views of a code: its loads, then its stores. */
export const viewsOf = ({ loads, stores }: ScalarCode): View[] => [
  ...loads,
  ...stores.map(({ view }) => view),
];

/** The strides of views along the axes `from` up to `to` of their space, in bytes. */
export const byteStrides = (views: readonly View[], from: number, to?: number): number[][] =>
  views.map(({ buffer, strides }) =>
    strides.slice(from, to).map((stride) => stride * bytesPer(buffer.dtype)),
  );

/** Orders the axes so that those along which `key` walks farthest come first, then merges neighbours. */
export function coalesce(shape: Shape, strides: readonly number[][], key: readonly number[]): Nest {
  const order = shape
    .map((_, axis) => axis)
    .filter((axis) => shape[axis] !== 1)
    .sort((a, b) => Math.abs(key[b] ?? 0) - Math.abs(key[a] ?? 0) || a - b);
  const lengths: number[] = [];
  const merged: number[][] = strides.map(() => []);
  for (const axis of order) {
    const length = shape[axis]!;
    const last = lengths.length - 1;
    const isOne =
      last >= 0 && strides.every((s, view) => merged[view]![last] === s[axis]! * length);
    if (isOne) lengths[last]! *= length;
    else lengths.push(length);
    for (const [view, s] of strides.entries()) merged[view]![lengths.length - 1] = s[axis]!;
  }
  return { lengths, strides: merged };
}

/**
 * The same for the kernels of a band, whose first axis counts blocks: it stays, and what `inner` makes of the others
 * comes behind it.
 */
export function behindBlocks(
  shape: Shape,
  strides: readonly number[][],
  inner: (shape: Shape, strides: readonly number[][]) => Nest,
): Nest {
  const rest = inner(
    shape.slice(1),
    strides.map((s) => s.slice(1)),
  );
  return around({ lengths: shape.slice(0, 1), strides: strides.map((s) => s.slice(0, 1)) }, rest);
}

/** The nest with `axis` moved to the end. */
export function innermost(nest: Nest, axis: number): Nest {
  const move = (list: readonly number[]) => [...list.toSpliced(axis, 1), list[axis]!];
  return { lengths: move(nest.lengths), strides: nest.strides.map(move) };
}

/** Joins two nests over the same views: the axes of `outer`, then those of `inner`. */
export const around = (outer: Nest, inner: Nest): Nest => ({
  lengths: [...outer.lengths, ...inner.lengths],
  strides: outer.strides.map((s, view) => [...s, ...inner.strides[view]!]),
});

/** A nest of at least one axis. */
export const nonEmpty = (nest: Nest): Nest =>
  nest.lengths.length > 0 ? nest : { lengths: [1], strides: nest.strides.map(() => [0]) };

/** How many instructions it takes to load or store a vector along a stride. */
export const accesses = (stride: number, size: number, lanes: Lanes): number =>
  stride === 0 || stride === size ? 1 : lanes;
