// Functions of two numbers on every pair of shapes that broadcasts.
import type { Shape, Tensor } from "@cotangent/autodiff";
import { type Case, vector } from "../support/case.ts";
import { broadcastAt, broadcastShape, build } from "../support/plain.ts";
import { sample } from "../support/sample.ts";

export type Binary = (x: Tensor, y: Tensor) => Tensor;
export type Range = readonly [low: number, high: number];

const shapes: readonly (readonly [string, Shape, Shape])[] = [
  ["scalars", [], []],
  ["vectors", [3], [3]],
  ["a matrix and a row", [2, 3], [3]],
  ["a column and a row", [2, 1], [1, 3]],
  ["a scalar and a matrix", [], [2, 2]],
  ["three axes and a column", [2, 2, 3], [2, 1]],
  ["size 0", [2, 0], [2, 1]],
];

export const on = (
  name: string,
  run: Binary,
  f: (x: number, y: number) => number,
  inputs: readonly [Tensor, Tensor],
  rest: Partial<Case>,
): Case => ({
  name,
  run: run as Case["run"],
  inputs,
  expected: (a, b) =>
    build(broadcastShape(a.shape, b.shape), (...index) =>
      f(broadcastAt(a, index), broadcastAt(b, index)),
    ),
  ...rest,
});

/** Every pair of shapes with values from two ranges, and awkward pairs where differences cannot judge. */
export function binary(
  run: Binary,
  f: (x: number, y: number) => number,
  [left, right]: readonly [Range, Range],
  awkward: readonly (readonly [number, number])[],
  rest: Partial<Case> = {},
): Case[] {
  const smooth = shapes.map(([name, a, b], i) =>
    on(name, run, f, [sample(a, i, ...left), sample(b, 100 + i, ...right)], { smooth: true }),
  );
  const points = [0, 1].map((k) => vector(awkward.map((pair) => pair[k as 0 | 1]))) as [
    Tensor,
    Tensor,
  ];
  return [...smooth, on("awkward points", run, f, points, { smooth: false, ...rest })];
}

export const anywhere: readonly [Range, Range] = [
  [-2, 2],
  [-2, 2],
];
/** Equal pairs, and some that are far apart. */
export const ties = [
  [1, 1],
  [0, 0],
  [-2, -2],
  [1e-8, -1e-8],
  [100, -100],
  [-100, 100],
] as const;
