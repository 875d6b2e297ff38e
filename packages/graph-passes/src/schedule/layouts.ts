// The layouts by which views read their inputs, and concat and pad write theirs.
import { broadcastLayout, type Layout } from "./access.ts";
import { type Shape, stridesOf } from "./shapes.ts";

/** What layouts take from the parameters of their equations. */
export interface LayoutParams {
  readonly axes: readonly number[];
  readonly axis: number;
  readonly start: readonly number[];
  readonly step: readonly number[];
}

const whole = (shape: Shape): Layout => ({ shape, weights: stridesOf(shape), constant: 0 });

/** The part of an array of shape `from` that a slice reads, or a pad writes; it has shape `to`. */
export function partLayout(from: Shape, to: Shape, { start, step }: LayoutParams): Layout {
  const own = stridesOf(from);
  const constant = own.reduce((at, stride, axis) => at + stride * start[axis]!, 0);
  return { shape: to, weights: own.map((stride, axis) => stride * step[axis]!), constant };
}

/** Where the inputs of a concat lie in its result. */
export function concatLayouts(out: Shape, parts: readonly Shape[], axis: number): Layout[] {
  const weights = stridesOf(out);
  let end = 0;
  return parts.map((shape) => {
    const constant = end * weights[axis]!;
    end += shape[axis]!;
    return { shape, weights, constant };
  });
}

type ViewLayout = (from: Shape, to: Shape, params: LayoutParams) => Layout;

/** The primitives that only move elements; stopGradient means nothing once derivatives are taken. */
export const viewLayouts: ReadonlyMap<string, ViewLayout> = new Map<string, ViewLayout>([
  ["reshape", (_from, to) => whole(to)],
  ["stopGradient", (_from, to) => whole(to)],
  ["broadcastTo", broadcastLayout],
  ["slice", partLayout],
  [
    "permute",
    (from, to, { axes }) => {
      const own = stridesOf(from);
      return { shape: to, weights: axes.map((axis) => own[axis]!), constant: 0 };
    },
  ],
]);
