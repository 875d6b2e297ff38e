// Cases of slice, which flip uses too, and of its transpose pad.
import { flip, pad, type Shape, slice } from "@cotangent/autodiff";
import { applyPrimitive } from "../support/apply.ts";
import type { Case } from "../support/case.ts";
import { build, fromData } from "../support/plain.ts";
import { moving } from "./moving.ts";

const flipped = (shape: Shape, axes: readonly number[]): Case =>
  moving(
    `flip [${shape}] along [${axes}]`,
    shape,
    (x) => flip(x, axes),
    (x) =>
      build(shape, (...index) =>
        x.at(
          ...index.map((i, axis) => (axes.includes(axis) ? (shape[axis] as number) - 1 - i : i)),
        ),
      ),
  );

export const sliceCases = {
  slice: [
    flipped([4], [0]),
    flipped([2, 3], [1]),
    flipped([2, 3, 2], [0, 2]),
    flipped([2, 0], [1]),
    moving(
      "the middle",
      [5],
      (x) => slice(x, [1], [4]),
      (x) => build([3], (i) => x.at((i as number) + 1)),
    ),
    moving(
      "every second",
      [6],
      (x) => slice(x, [1], [6], [2]),
      (x) => build([3], (i) => x.at(2 * (i as number) + 1)),
    ),
    moving(
      "from the end",
      [5],
      (x) => slice(x, [-2]),
      (x) => build([2], (i) => x.at((i as number) + 3)),
    ),
    moving(
      "whole rows, some columns",
      [3, 4],
      (x) => slice(x, [null, 0], [null, -1], [2, 3]),
      (x) => build([2, 1], (i, j) => x.at(2 * (i as number), j as number)),
    ),
    moving(
      "nothing",
      [3, 2],
      (x) => slice(x, [2], [2]),
      () => fromData([0, 2], []),
    ),
  ],
  pad: [
    moving(
      "both ends",
      [2],
      (x) => pad(x, [[1, 2]], 7),
      (x) => fromData([5], [7, ...x.data, 7, 7]),
    ),
    moving(
      "a matrix on some sides",
      [2, 2],
      (x) =>
        pad(x, [
          [0, 1],
          [1, 0],
        ]),
      (x) =>
        build([3, 3], (i, j) =>
          (i as number) < 2 && (j as number) > 0 ? x.at(i as number, (j as number) - 1) : 0,
        ),
    ),
    moving(
      "size 0",
      [0],
      (x) => pad(x, [[1, 1]], -1),
      () => fromData([2], [-1, -1]),
    ),
    moving(
      "between elements",
      [3],
      (x) => applyPrimitive("pad", { start: [1], step: [2], shape: [6], value: 0 }, x),
      (x) => build([6], (i) => ((i as number) % 2 === 1 ? x.at(((i as number) - 1) / 2) : 0)),
    ),
  ],
} satisfies Record<string, readonly Case[]>;
