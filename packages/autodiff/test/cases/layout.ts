// Cases of the primitives that rearrange elements.
import { broadcastTo, concat, permute, reshape, type Shape } from "@cotangent/autodiff";
import type { Case } from "../support/case.ts";
import { broadcastAt, build, fromData, type Plain } from "../support/plain.ts";
import { sample } from "../support/sample.ts";
import { moving } from "./moving.ts";

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
  concat: [
    concatenated("one alone", 0, [2, 2]),
    concatenated("two vectors", 0, [2], [3]),
    concatenated("three along columns", 1, [2, 1], [2, 3], [2, 2]),
    concatenated("an empty one between", 0, [2, 2], [0, 2], [1, 2]),
  ],
} satisfies Record<string, readonly Case[]>;
