// Cases of reductions, scans and sorting along axes.
import { argmax, argsort, cumsum, max, type Shape, sum, type Tensor } from "@cotangent/autodiff";
import { applyPrimitive } from "../support/apply.ts";
import { type Case, reshaped, vector } from "../support/case.ts";
import { build, indices, type Plain, sumOf } from "../support/plain.ts";
import { sample } from "../support/sample.ts";

/** The values that share every axis of `x` but those of `axes`, for each index of what is left. */
function groups(x: Plain, axes: readonly number[], f: (values: number[]) => number): Plain {
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  return build(
    kept.map((axis) => x.shape[axis] as number),
    (...index) =>
      f(
        indices(x.shape)
          .filter((full) => kept.every((axis, i) => full[axis] === index[i]))
          .map((full) => x.at(...full)),
      ),
  );
}

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const greatest = (values: readonly number[]) => [...values].sort((a, b) => b - a)[0] as number;

type Reduction = (x: Tensor, axes?: readonly number[]) => Tensor;
const reduction = (
  run: Reduction,
  f: (values: number[]) => number,
  shapes: readonly (readonly [Shape, readonly number[]])[],
): Case[] =>
  shapes.map(([shape, axes], i) => ({
    name: `[${shape}] over axes [${axes}]`,
    run: ((x: Tensor) => run(x, axes)) as Case["run"],
    inputs: [sample(shape, 40 + i, -2, 2)],
    expected: (x) => groups(x, axes, f),
    tolerance: 1e-14,
    smooth: true,
  }));

const alongRows = [
  [[4], [0]],
  [[2, 3], [0]],
  [[2, 3], [1]],
  [
    [2, 3],
    [0, 1],
  ],
  [
    [2, 3, 2],
    [0, 2],
  ],
  [[1, 1], [1]],
  [[0, 3], [1]],
] as const;

const tied = reshaped([1, 2, 2, 0, 0, 0, -1, -1, -3], [3, 3]);

/** Element i of a line along `axis`, for each element of `x`. */
const line = (x: Plain, axis: number, index: readonly number[]) => (i: number) =>
  x.at(...index.map((at, other) => (other === axis ? i : at)));

const scans = [
  [[4], 0],
  [[2, 3], 0],
  [[2, 3], 1],
  [[2, 2, 2], 1],
  [[2, 0], 1],
] as const;
const position = (values: readonly number[], at: number): number =>
  values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value || a.i - b.i)[at]?.i ??
  Number.NaN;

export const reductionCases = {
  sum: [
    ...reduction(sum, total, [...alongRows, [[0], [0]], [[2, 0], [1]], [[0, 3], [0]]]),
    ...reduction(sum, total, [[[300], [0]]]),
  ],
  max: [
    ...reduction(max, greatest, alongRows),
    {
      name: "ties",
      run: (x: Tensor) => max(x, 1),
      inputs: [tied],
      expected: (x: Plain) => groups(x, [1], greatest),
      smooth: false,
    },
  ],
  argmax: [
    {
      name: "ties, of which the first wins",
      run: (x: Tensor) => argmax(x, 1),
      inputs: [tied],
      expected: (x: Plain) => groups(x, [1], (row) => row.indexOf(greatest(row))),
    },
    {
      name: "axis 0",
      run: (x: Tensor) => argmax(x, 0),
      inputs: [sample([3, 4], 60)],
      expected: (x: Plain) => groups(x, [0], (column) => column.indexOf(greatest(column))),
    },
  ],
  cumsum: [
    ...scans.map(
      ([shape, axis]): Case => ({
        name: `[${shape}] along axis ${axis}`,
        run: (x) => cumsum(x as Tensor, axis),
        inputs: [sample(shape, 70)],
        expected: (x) =>
          build(x.shape, (...index) => sumOf((index[axis] as number) + 1, line(x, axis, index))),
        smooth: true,
        tolerance: 1e-14,
      }),
    ),
    {
      name: "from the end",
      run: (x: Tensor) => applyPrimitive("cumsum", { axis: 0, reverse: true }, x),
      inputs: [vector([1, 2, 4, 8])],
      expected: () => build([4], (i) => [15, 14, 12, 8][i] as number),
      smooth: true,
    },
  ],
  argsort: [
    ...scans.map(
      ([shape, axis]): Case => ({
        name: `[${shape}] along axis ${axis}`,
        run: (x) => argsort(x as Tensor, axis),
        inputs: [sample(shape, 80)],
        expected: (x) =>
          build(x.shape, (...index) =>
            position(
              Array.from({ length: x.shape[axis] as number }, (_, i) => line(x, axis, index)(i)),
              index[axis] as number,
            ),
          ),
      }),
    ),
    {
      name: "ties, which keep their order",
      run: (x: Tensor) => argsort(x),
      inputs: [vector([2, 1, 2, 1, 0, 2])],
      expected: () => build([6], (i) => [4, 1, 3, 0, 2, 5][i] as number),
    },
  ],
} satisfies Record<string, readonly Case[]>;
