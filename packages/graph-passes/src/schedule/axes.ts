// The axes of an iteration space: split while a kernel is written, merged again when it is done.
import type { View } from "../program.ts";
import { type Access, Split } from "./access.ts";
import { type Shape, stridesOf } from "./shapes.ts";

/** `strides`: by how much each of a kernel's own orders advances; the first is that of its elements. */
export interface Axis {
  readonly extent: number;
  readonly strides: readonly number[];
  /** Cannot be split: it is one loop of a matrix product. */
  readonly whole?: boolean;
}

/** The axes of a shape, in row-major order. */
export const axesOf = (shape: Shape): Axis[] => {
  const strides = stridesOf(shape);
  return shape.map((extent, axis) => ({ extent, strides: [strides[axis]!] }));
};
export const extentsOf = (axes: readonly Axis[]): number[] => axes.map(({ extent }) => extent);
export const accessOf = (axes: readonly Axis[]): Access => ({
  offset: 0,
  strides: axes.map(({ strides }) => strides[0]!),
});

/** Runs `build` over the axes, split wherever a layout asks for it. `counts` are axes per role; the split one's grows. */
export function withSplits<T>(
  axes: readonly Axis[],
  counts: readonly number[],
  build: (axes: readonly Axis[], counts: readonly number[]) => T,
): T {
  try {
    return build(axes, counts);
  } catch (error) {
    if (!(error instanceof Split)) throw error;
    const { axis, inner } = error;
    const { extent, strides } = axes[axis]!;
    const outer = { extent: extent / inner, strides: strides.map((stride) => stride * inner) };
    const parts = axes.toSpliced(axis, 1, outer, { ...axes[axis]!, extent: inner });
    let end = 0;
    const grown = counts.map((count) => {
      end += count;
      return axis >= end - count && axis < end ? count + 1 : count;
    });
    return withSplits(parts, grown, build);
  }
}

/** Which axes remain, with their lengths, when those that every operand walks as one are merged. */
export function merged(
  extents: readonly number[],
  operands: readonly (readonly number[])[],
): { lengths: number[]; kept: number[] } {
  const lengths: number[] = [];
  const kept: number[] = [];
  extents.forEach((extent, axis) => {
    if (extent === 1) return;
    const last = kept.at(-1);
    const isOne = last !== undefined && operands.every((s) => s[last] === s[axis]! * extent);
    if (isOne) {
      lengths.push(lengths.pop()! * extent);
      kept.splice(-1, 1, axis);
    } else {
      lengths.push(extent);
      kept.push(axis);
    }
  });
  return { lengths, kept };
}

/** A view over the axes that are left. */
export const onAxes =
  (kept: readonly number[]): ((view: View) => View) =>
  (view) => ({ ...view, strides: kept.map((axis) => view.strides[axis]!) });
