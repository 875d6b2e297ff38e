// Cases of the functions of two numbers, which broadcast.
import {
  add,
  atan2,
  div,
  equal,
  less,
  lessEqual,
  maximum,
  minimum,
  mod,
  mul,
  notEqual,
  pow,
  type Shape,
  shiftRight,
  sub,
  type Tensor,
  where,
} from "@cotangent/autodiff";
import { type Case, reshaped, vector } from "../support/case.ts";
import { broadcastAt, broadcastShape, build } from "../support/plain.ts";
import { sample } from "../support/sample.ts";

type Binary = (x: Tensor, y: Tensor) => Tensor;
type Range = readonly [low: number, high: number];

const shapes: readonly (readonly [string, Shape, Shape])[] = [
  ["scalars", [], []],
  ["vectors", [3], [3]],
  ["a matrix and a row", [2, 3], [3]],
  ["a column and a row", [2, 1], [1, 3]],
  ["a scalar and a matrix", [], [2, 2]],
  ["three axes and a column", [2, 2, 3], [2, 1]],
  ["size 0", [2, 0], [2, 1]],
];

const on = (
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
function binary(
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

const anywhere: readonly [Range, Range] = [
  [-2, 2],
  [-2, 2],
];
const apart: readonly [Range, Range] = [
  [-1, 0.3],
  [0.5, 2],
];
const extremes = [
  [0, 0],
  [1e-8, -1e-8],
  [100, -100],
  [0, 100],
  [-1, 1e-8],
] as const;
const ties = [
  [1, 1],
  [0, 0],
  [-2, -2],
  [1e-8, -1e-8],
  [100, -100],
  [-100, 100],
] as const;

const bool = (holds: boolean) => Number(holds);
const words = reshaped([0, 1, 0x80000000, 0xffffffff], [2, 2], "u32");

export const binaryCases = {
  add: binary(add, (x, y) => x + y, anywhere, extremes),
  sub: binary(sub, (x, y) => x - y, anywhere, extremes),
  mul: binary(mul, (x, y) => x * y, anywhere, extremes),
  div: binary(
    div,
    (x, y) => x / y,
    [
      [-2, 2],
      [0.7, 2],
    ],
    [
      [0, 1],
      [1, 1e-8],
      [-1, -100],
      [100, 3],
    ],
  ),
  maximum: [
    ...binary(maximum, (x, y) => (x > y ? x : y), apart, ties),
    ...binary(minimum, (x, y) => (x < y ? x : y), apart, ties),
  ],
  mod: binary(
    mod,
    (x, y) => x - y * Math.floor(x / y),
    [
      [0.3, 0.6],
      [0.9, 1.4],
    ],
    [
      [5.5, 3],
      [-5.5, 3],
      [5.5, -3],
      [-5.5, -3],
      [6, 3],
      [-6, 3],
      [0, 2],
    ],
  ),
  pow: [
    ...binary(
      pow,
      (x, y) => Math.exp(y * Math.log(x)),
      [
        [0.4, 2],
        [-2, 2],
      ],
      [
        [2, 0.5],
        [1e-8, 2],
      ],
      {
        smooth: false,
      },
    ).map((given) => ({ ...given, tolerance: 1e-14 })),
    on(
      "whole powers of negative numbers and of 0",
      pow,
      (x, y) => (y < 0 ? 1 / (x * x) : ([1, x, x * x, x * x * x][y] ?? Number.NaN)),
      [vector([-2, -2, -0.5, 0, 0, 0, -1e-8, -100]), vector([3, 2, -2, 3, 2, 1, 3, 0])],
      { smooth: false, wrt: [0] },
    ),
  ],
  atan2: binary(
    atan2,
    (y, x) => (x > 0 ? Math.atan(y / x) : Math.sign(y) * Math.PI + Math.atan(y / x)),
    [
      [-2, 2],
      [0.7, 2],
    ],
    [
      [1, -1],
      [-1, -2],
      [1, 100],
      [-1e-8, 1],
      [100, -1e-8],
    ],
  ).map((given) => ({ ...given, tolerance: 1e-15 })),
  less: binary(less, (x, y) => bool(x < y), anywhere, ties),
  lessEqual: binary(lessEqual, (x, y) => bool(x <= y), anywhere, ties),
  equal: binary(equal, (x, y) => bool(x === y), anywhere, ties),
  notEqual: binary(notEqual, (x, y) => bool(x !== y), anywhere, ties),
  shiftRight: [
    on("words", shiftRight, (x, y) => Math.floor(x / 2 ** y), [words, vector([1, 31], "u32")], {}),
    on("by nothing", shiftRight, (x) => x, [words, reshaped([0], [], "u32")], {}),
  ],
  where: (
    [
      ["vectors", [4], [4], [4]],
      ["a column, a row and a scalar", [2, 1], [3], []],
      ["a scalar condition", [], [2, 3], [2, 3]],
      ["size 0", [0], [0], [1]],
    ] as const
  ).map(
    ([name, c, x, y], i): Case => ({
      name,
      run: where as Case["run"],
      inputs: [less(sample(c, i), 0), sample(x, 10 + i), sample(y, 20 + i)],
      expected: (condition, a, b) =>
        build(broadcastShape(condition.shape, broadcastShape(a.shape, b.shape)), (...index) =>
          broadcastAt(broadcastAt(condition, index) === 1 ? a : b, index),
        ),
      smooth: true,
    }),
  ),
};
