// Sizes at which loops change: nothing, one, a vector and its neighbours, blocks, and much; every layout of operands.
import {
  add,
  concat,
  cumsum,
  exp,
  flip,
  greater,
  matmul,
  max,
  mul,
  pad,
  permute,
  prod,
  slice,
  sum,
  type Tensor,
  tanh,
  vmap,
  where,
} from "@cotangent/autodiff";
import { describe, test } from "vitest";
import { sample } from "../../../autodiff/test/support/sample.ts";
import { expectCompiledAgrees } from "../support/agree.ts";

const precisions = ["f64", "f32"] as const;
const lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 127, 128, 130, 257, 515];
const agree = (f: (...x: Tensor[]) => unknown, ...args: Tensor[]) => {
  for (const dtype of precisions) expectCompiledAgrees(f, args, dtype, f.toString());
};

describe("a product of many elements, by halves, is not one kernel with all of them in its code", () => {
  test.each([4095, 4096, 10_001])("%i elements", (n) => {
    agree((a) => prod(add(1, mul(0.01, tanh(a!))), 0), sample([n], 1));
  });
});

describe("elementwise code over every layout is the interpreter's", () => {
  test.each(lengths)("%i elements", (n) => {
    const [x, y] = [sample([n], 1), sample([n], 2)];
    agree((a, b) => add(mul(a!, b!), 2), x, y);
    agree((a) => [greater(a!, 0), where(greater(a!, 0), tanh(a!), 3)], x);
    agree((a) => [a!.astype("i32"), greater(a!, 0).astype("f32"), a!.astype("bool")], x);
    agree((a, b) => concat([a!, mul(2, b!), a!]), x, y);
    agree((a) => [flip(a!), pad(a!, [[1, 2]]), slice(a!, [1], [null], [2])], x);
  });
  test.each(lengths.filter((n) => n < 140))(
    "%i columns with a bias, a scale and a transposed operand",
    (n) => {
      const [x, w] = [sample([5, n], 1), sample([n, 5], 2)];
      const [row, column] = [sample([n], 3), sample([5, 1], 4)];
      agree((a, b, r, c) => add(mul(add(a!, r!), c!), permute(b!)), x, w, row, column);
      agree((a, r) => permute(add(exp(a!), r!)), x, row);
      agree((a, c) => [concat([a!, mul(a!, c!)], 1), concat([a!, mul(a!, c!)], 0)], x, column);
      agree((a) => flip(mul(a!, a!), 1), x);
      agree((a, r) => vmap((b: Tensor) => add(b, mul(2, b)))(add(a!, r!)), x, row);
    },
  );
});

describe("reductions over every axis are the interpreter's", () => {
  test.each(lengths)("%i terms", (n) => {
    const x = sample([n], 1);
    agree((a) => [sum(a!), sum(mul(a!, a!))], x);
    // Where there is no element, neither 0 nor f(0) may count.
    agree((a) => [sum(exp(a!)), sum(a!.astype("i32").add(3))], x);
    if (n > 0) agree((a) => [max(a!), max(greater(a!, 1)), max(a!.astype("i32"))], x);
    if (n > 0) agree((a) => [max(a!.sub(9)), max(a!.sub(9).astype("i32"))], x);
    agree((a) => [sum(a!.astype("i32")), sum(greater(a!, 0)), cumsum(a!)], x);
  });
  test.each(lengths.filter((n) => n < 140))("%i rows and columns", (n) => {
    const [x, y] = [sample([n, 6], 1), sample([6, n], 2)];
    for (const axis of [0, 1])
      agree((a, b) => [sum(mul(a!, 2), axis), sum(tanh(b!), axis), exp(sum(b!, axis))], x, y);
    if (n > 0) for (const axis of [0, 1]) agree((a, b) => [max(a!, axis), max(b!, axis)], x, y);
    agree((a, b) => [sum(permute(a!), 0), sum(mul(a!, permute(b!)), 1)], x, y);
  });
  test.each([
    [[3, 4, 5]],
    [[2, 33, 3]],
    [[4, 1, 9]],
    [[2, 3, 70]],
    [[40, 2, 3]],
    [[0, 3, 2]],
    [[2, 0, 3]],
  ])("of %j over every set of axes", (shape) => {
    const x = sample(shape, 1);
    for (const axes of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
      agree((a) => [sum(a!, axes), mul(sum(mul(a!, a!), axes), 0.5)], x);
  });
  test("of a great many terms keep their digits", () => {
    const x = sample([100_003], 1, 0, 1);
    agree((a) => [sum(a!), max(a!)], x);
    const y = sample([3001, 37], 2, 0, 1);
    agree((a) => [sum(a!, 0), sum(a!, 1)], y);
  });
  test("of infinities and NaN are theirs", () => {
    const x = sample([70, 70], 1);
    const holes = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
    holes.forEach((hole, i) => {
      x.data.fill(hole, 70 * i + 3, 70 * i + 4);
    });
    agree((a) => [sum(a!, 0), sum(a!, 1), max(a!, 0), max(a!, 1)], x);
  });
});

describe("products of every size are the interpreter's", () => {
  const sizes = [
    [1, 1, 1],
    [3, 2, 5],
    [4, 4, 4],
    [5, 7, 9],
    [16, 3, 2],
    [2, 33, 3],
    [70, 2, 33],
    [33, 65, 2],
    [129, 17, 31],
    [0, 3, 2],
    [3, 0, 2],
    [3, 2, 0],
    [1, 40, 70],
    [70, 40, 1],
  ];
  test.each(sizes)(
    "%i × %i × %i, with transposed operands and epilogues",
    (rows, depth, columns) => {
      const [a, b] = [sample([rows!, depth!], 1), sample([depth!, columns!], 2)];
      const [at, bt] = [sample([depth!, rows!], 3), sample([columns!, depth!], 4)];
      const [bias, other] = [sample([columns!], 5), sample([rows!, columns!], 6)];
      agree((x, w, c) => tanh(add(matmul(x!, w!), c!)), a, b, bias);
      agree((x, w, c) => mul(matmul(permute(x!), w!), c!), at, b, other);
      agree((x, w) => matmul(x!, permute(w!)), a, bt);
      agree((x, w) => permute(matmul(permute(x!), permute(w!))), at, bt);
      agree((x, w, c) => [add(matmul(x!, w!), c!), greater(matmul(x!, w!), 0)], a, b, other);
    },
  );
  test.each(sizes.slice(0, 8))("%i × %i × %i, batched", (rows, depth, columns) => {
    const [a, b] = [sample([3, rows!, depth!], 1), sample([3, depth!, columns!], 2)];
    const [one, bias] = [sample([depth!, columns!], 3), sample([3, 1, columns!], 4)];
    agree((x, w, c) => add(matmul(x!, w!), c!), a, b, bias);
    agree((x, w) => tanh(matmul(x!, w!)), a, one);
    agree((x, w) => matmul(permute(x!, [0, 2, 1]), w!), sample([3, depth!, rows!], 5), b);
    agree((x, w) => matmul(x!, w!), sample([2, 1, rows!, depth!], 6), b);
  });
  test("of integers wrap", () => {
    const [a, b] = [sample([5, 6], 1, -9, 9, "i32"), sample([6, 7], 2, -9, 9, "i32")];
    agree((x, w) => matmul(x!, w!), a, b);
  });
});

test("vectors that step far backwards, from a buffer at the start of memory", () => {
  for (const [rows, columns] of [
    [7, 200],
    [40, 300],
    [5, 2000],
  ])
    agree((x) => add(permute(flip(x!, [0])), 1), sample([rows!, columns!], 1));
});
