// Cases of arithmetic on two numbers, which broadcast.
import { add, atan2, div, maximum, minimum, mod, mul, pow, sub } from "@cotangent/autodiff";
import { vector } from "../support/case.ts";
import { anywhere, binary, on, type Range, ties } from "./pairs.ts";

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
};
