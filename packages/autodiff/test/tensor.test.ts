import { add, arange, eye, full, linspace, ones, tensor, zeros } from "@cotangent/autodiff";
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

describe("what makes tensors takes a dtype", () => {
  test.each(["f64", "f32", "i32", "u32"] as const)("%s", (dtype) => {
    for (const x of [
      zeros([2], { dtype }),
      ones([2], { dtype }),
      full([2], 3, { dtype }),
      eye(2, { dtype }),
      arange(0, 4, 2, { dtype }),
      tensor([1, 2], { dtype }),
    ])
      expect(x.dtype).toBe(dtype);
  });

  test("typed arrays keep their own", () => {
    expect(tensor(new Float32Array(2)).dtype).toBe("f32");
    expect(tensor(new Float64Array(2)).dtype).toBe("f64");
    expect(tensor(new Int32Array(2)).dtype).toBe("i32");
    expect(tensor(new Uint32Array(2)).dtype).toBe("u32");
  });

  test("linspace hits both ends", () => {
    expect(linspace(0, 1, 11).data.at(-1)).toBe(1);
    expect(linspace(2, 3, 1).toArray()).toEqual([2]);
    expect(linspace(0, 1, 0).toArray()).toEqual([]);
  });
});
