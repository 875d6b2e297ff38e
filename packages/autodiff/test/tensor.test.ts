import * as engine from "@cotangent/autodiff";
import { add, arange, eye, full, ones, sum, Tensor, tensor, zeros } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("tensor", () => {
  test("takes numbers, booleans, nested and typed arrays", () => {
    expect(tensor(3).toArray()).toBe(3);
    expect(tensor(true).toArray()).toBe(true);
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ]).shape,
    ).toEqual([2, 2]);
    expect(tensor(new Float32Array([1, 2])).toArray()).toEqual([1, 2]);
    expect(tensor([1, 2, 3, 4], { shape: [2, 2] }).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tensor([]).shape).toEqual([0]);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
  });

  test("knows its shape, dtype, size and data, row by row", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([x.size, x.dtype]).toEqual([6, "f64"]);
    expect([...x.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(x.toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test("is not changed by any operation on it", () => {
    const x = tensor([1, 2]);
    add(x, 1);
    x.mul(3).reshape([2, 1]);
    expect(x.toArray()).toEqual([1, 2]);
  });

  test("shows itself in the console", () => {
    expect(String(tensor([1, 2]))).toBe("Tensor f64[2] [1,2]");
    expect(String(tensor(true))).toBe("Tensor bool[] true");
  });
});

describe("making tensors", () => {
  test("zeros, ones, full and eye", () => {
    expect(zeros([2]).toArray()).toEqual([0, 0]);
    expect(ones([1, 2]).toArray()).toEqual([[1, 1]]);
    expect(full([], 7).item()).toBe(7);
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("arange counts up, down, and in steps that are not whole", () => {
    expect(arange(3).toArray()).toEqual([0, 1, 2]);
    expect(arange(2, 5).toArray()).toEqual([2, 3, 4]);
    expect(arange(3, 0, -1).toArray()).toEqual([3, 2, 1]);
    expect(arange(0, 1, 0.25).toArray()).toEqual([0, 0.25, 0.5, 0.75]);
    expect(arange(1, 0).toArray()).toEqual([]);
  });
});

describe("every operation that takes a tensor first is also a method", () => {
  const listed =
    `add sub mul div pow neg abs sign square sqrt exp expm1 log log1p sin cos tan asin acos atan atan2 sinh cosh tanh
    sigmoid softplus relu silu gelu erf floor ceil round mod maximum minimum greater less equal greaterEqual lessEqual
    notEqual sum mean max min prod logsumexp softmax logSoftmax cumsum reshape permute broadcastTo expandDims squeeze
    slice pad gather flip matmul stopGradient astype argmax argsort sort norm variance`.split(
      /\s+/,
    );

  test.each(listed)("%s", (name) => {
    expect(typeof (engine as Record<string, unknown>)[name]).toBe("function");
    expect(typeof (Tensor.prototype as unknown as Record<string, unknown>)[name]).toBe("function");
  });

  test("and gives the same", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.sum(0).toArray()).toEqual(sum(x, 0).toArray());
    expect(x.add(1).toArray()).toEqual(add(x, 1).toArray());
    expect(x.less(3).toArray()).toEqual([
      [true, true],
      [false, false],
    ]);
  });
});

describe("the other public names are there", () => {
  const names =
    `tensor zeros ones full arange linspace eye where concat stack einsum jvp vjp linearize transpose grad valueAndGrad
    jacfwd jacrev hessian hvp vmap checkpoint customJvp customVjp trace evaluate print toDot toJSON fromJSON checkGraph
    eliminateDeadCode eliminateCommonSubexpressions primitive debug`.split(/\s+/);

  test.each(names)("%s", (name) => {
    expect(typeof (engine as Record<string, unknown>)[name]).toBe("function");
  });

  test("random and tree hold functions", () => {
    for (const name of [
      "key",
      "split",
      "foldIn",
      "bits",
      "uniform",
      "normal",
      "rademacher",
      "permutation",
    ])
      expect(typeof (engine.random as Record<string, unknown>)[name]).toBe("function");
    for (const name of ["flatten", "unflatten", "map", "leaves"])
      expect(typeof (engine.tree as Record<string, unknown>)[name]).toBe("function");
  });
});
