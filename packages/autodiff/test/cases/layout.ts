// Cases of the primitives that move elements without changing them.
import {
  broadcastTo,
  concat,
  flip,
  pad,
  permute,
  reshape,
  type Shape,
  slice,
  type Tensor,
} from "@cotangent/autodiff";
import { applyPrimitive } from "../support/apply.ts";
import type { Case } from "../support/case.ts";
import { broadcastAt, build, fromData, type Plain } from "../support/plain.ts";
import { sample } from "../support/sample.ts";

const moving = (
  name: string,
  shape: Shape,
  run: (x: Tensor) => Tensor,
  expected: (x: Plain) => Plain,
): Case => ({ name, run: run as Case["run"], inputs: [sample(shape, 30)], expected, smooth: true });

const permuted = (shape: Shape, axes?: readonly number[]): Case =>
  moving(
    `[${shape}] by [${axes ?? "reversal"}]`,
    shape,
    (x) => permute(x, axes),
    (x) => {
      const order = axes ?? shape.map((_, axis) => shape.length - 1 - axis);
      return build(
        order.map((axis) => shape.at(axis) as number),
        (...index) => {
          const source = new Array<number>(shape.length);
          order.forEach((axis, i) => {
            source[axis < 0 ? axis + shape.length : axis] = index[i] as number;
          });
          return x.at(...source);
        },
      );
    },
  );

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

const range = (start: number, stop: number, step = 1) =>
  Array.from({ length: stop }, (_, i) => i).filter((i) => i >= start && (i - start) % step === 0);

const concatenated = (name: string, axis: number, ...shapes: Shape[]): Case => ({
  name,
  run: (...xs) => concat(xs, axis),
  inputs: shapes.map((shape, i) => sample(shape, 50 + i)),
  expected: (...xs) => {
    const first = xs[0] as Plain;
    const owners = xs.flatMap((x) => range(0, x.shape[axis] as number).map((i) => ({ x, i })));
    return build(
      first.shape.map((length, other) => (other === axis ? owners.length : length)),
      (...index) => {
        const { x, i } = owners[index[axis] as number] as { x: Plain; i: number };
        return x.at(...index.map((at, other) => (other === axis ? i : at)));
      },
    );
  },
  smooth: true,
});

export const layoutCases = {
  reshape: [
    moving(
      "a matrix flattened",
      [2, 3],
      (x) => reshape(x, [6]),
      (x) => fromData([6], x.data),
    ),
    moving(
      "a length left open",
      [2, 3],
      (x) => reshape(x, [3, -1]),
      (x) => fromData([3, 2], x.data),
    ),
    moving(
      "a scalar in three axes",
      [],
      (x) => reshape(x, [1, 1, 1]),
      (x) => fromData([1, 1, 1], x.data),
    ),
    moving(
      "size 0",
      [2, 0],
      (x) => reshape(x, [0, 5]),
      () => fromData([0, 5], []),
    ),
  ],
  broadcastTo: (
    [
      [[3], [2, 3]],
      [
        [2, 1],
        [2, 3],
      ],
      [[], [2, 2]],
      [
        [1, 3, 1],
        [2, 2, 3, 2],
      ],
      [[1], [0]],
      [
        [2, 1],
        [2, 0],
      ],
    ] as const
  ).map(([from, to]) =>
    moving(
      `[${from}] to [${to}]`,
      from,
      (x) => broadcastTo(x, to),
      (x) => build(to, (...index) => broadcastAt(x, index)),
    ),
  ),
  permute: [
    permuted([2, 3]),
    permuted([2, 3, 4], [1, 2, 0]),
    permuted([2, 3, 4], [-1, 0, 1]),
    permuted([0, 2]),
    permuted([1, 3, 2, 2], [3, 1, 0, 2]),
  ],
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
  concat: [
    concatenated("one alone", 0, [2, 2]),
    concatenated("two vectors", 0, [2], [3]),
    concatenated("three along columns", 1, [2, 1], [2, 3], [2, 2]),
    concatenated("an empty one between", 0, [2, 2], [0, 2], [1, 2]),
  ],
} satisfies Record<string, readonly Case[]>;
