// Cases of matmul, gather and scatterAdd.
import { gather, matmul, type Shape, type Tensor } from "@cotangent/autodiff";
import { applyPrimitive } from "../support/apply.ts";
import { type Case, reshaped, vector } from "../support/case.ts";
import {
  broadcastAt,
  broadcastShape,
  build,
  fromData,
  type Plain,
  sumOf,
} from "../support/plain.ts";
import { sample } from "../support/sample.ts";

/** numpy's matmul: a vector is a row on the left and a column on the right, and its axis goes again. */
function product(x: Plain, w: Plain): Plain {
  const left = x.shape.length === 1 ? fromData([1, ...x.shape], x.data) : x;
  const right = w.shape.length === 1 ? fromData([...w.shape, 1], w.data) : w;
  const batch = broadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const [rows, depth, columns] = [left.shape.at(-2), left.shape.at(-1), right.shape.at(-1)];
  /** A matrix of the batch, wherever broadcasting finds it. */
  const entry = (a: Plain, index: readonly number[], i: number, j: number) => {
    const shape = a.shape.slice(0, -2);
    const own = shape.map((length, axis) =>
      length === 1 ? 0 : (index[index.length - shape.length + axis] as number),
    );
    return a.at(...own, i, j);
  };
  const full = build([...batch, rows as number, columns as number], (...index) => {
    const [i, j] = index.slice(-2) as [number, number];
    const at = index.slice(0, -2);
    return sumOf(depth as number, (k) => entry(left, at, i, k) * entry(right, at, k, j));
  });
  const shape = [
    ...batch,
    ...(x.shape.length === 1 ? [] : [rows as number]),
    ...(w.shape.length === 1 ? [] : [columns as number]),
  ];
  return fromData(shape, full.data);
}

const shapes: readonly (readonly [Shape, Shape])[] = [
  [[3], [3]],
  [[2, 3], [3]],
  [[3], [3, 2]],
  [
    [2, 3],
    [3, 4],
  ],
  [
    [1, 1],
    [1, 1],
  ],
  [
    [9, 7],
    [7, 5],
  ],
  [
    [2, 2, 3],
    [3, 2],
  ],
  [
    [2, 2, 3],
    [2, 3, 2],
  ],
  [
    [2, 1, 2, 3],
    [3, 3, 2],
  ],
  [
    [2, 3],
    [2, 3, 2],
  ],
  [[3], [2, 3, 2]],
  [[2, 2, 3], [3]],
  [
    [2, 2, 2, 3],
    [3, 1],
  ],
  [
    [2, 0],
    [0, 3],
  ],
  [
    [0, 3],
    [3, 2],
  ],
  [[0], [0]],
];

const nothing = vector([], "i32");
const rowAt = (x: Plain, row: number, index: readonly number[]) => x.at(row, ...index);
/** x[i], y: rows of x by the index array, whose axes come first. */
const rows = (x: Plain, at: Plain): Plain =>
  build([...at.shape, ...x.shape.slice(1)], (...index) =>
    rowAt(x, broadcastAt(at, index.slice(0, at.shape.length)), index.slice(at.shape.length)),
  );

const taken = (name: string, x: Shape, at: Tensor): Case => ({
  name,
  run: (rowsOf, index) => gather(rowsOf as Tensor, index as Tensor),
  inputs: [sample(x, 90), at],
  expected: rows,
  smooth: true,
});

const scattered = (name: string, length: number, y: Shape, at: Tensor): Case => ({
  name,
  run: (values, index) =>
    applyPrimitive("scatterAdd", { members: 1, length }, values as Tensor, index as Tensor),
  inputs: [sample(y, 91), at],
  expected: (values, index) => {
    const inner = y.slice(index.shape.length);
    const size = inner.reduce((a, b) => a * b, 1);
    const flat = fromData([index.data.length, size], values.data);
    const sums = build([length, size], (i, k) =>
      sumOf(index.data.length, (j) => (index.data[j] === i ? flat.at(j, k as number) : 0)),
    );
    return fromData([length, ...inner], sums.data);
  },
  smooth: true,
  tolerance: 1e-15,
});

export const productCases = {
  matmul: shapes.map(
    ([x, w]): Case => ({
      name: `[${x}] × [${w}]`,
      run: matmul as Case["run"],
      inputs: [sample(x, 92), sample(w, 93)],
      expected: product,
      smooth: true,
      tolerance: 1e-13,
    }),
  ),
  gather: [
    taken("rows, one of them twice", [3, 2], vector([2, 0, 2, 1], "i32")),
    taken("one row", [3, 2], reshaped([1], [], "i32")),
    taken("a matrix of indices", [4], reshaped([3, 3, 0, 1], [2, 2], "u32")),
    taken("no rows", [3, 2], nothing),
    {
      name: "columns",
      run: (x, at) => gather(x as Tensor, at as Tensor, -1),
      inputs: [sample([2, 3], 94), vector([2, 2, 0], "i32")],
      expected: (x, at) => build([2, 3], (i, j) => x.at(i as number, at.at(j as number))),
      smooth: true,
    },
  ],
  scatterAdd: [
    scattered("rows, one of them twice", 3, [4, 2], vector([2, 0, 2, 2], "i32")),
    scattered("one row", 2, [3], reshaped([1], [], "i32")),
    scattered("a matrix of indices", 4, [2, 2], reshaped([3, 3, 0, 1], [2, 2], "u32")),
    scattered("no rows", 2, [0, 3], nothing),
  ],
} satisfies Record<string, readonly Case[]>;
