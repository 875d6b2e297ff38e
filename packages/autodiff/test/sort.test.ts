import {
  argmax,
  argsort,
  gather,
  grad,
  sort,
  sum,
  type Tensor,
  tensor,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { sample } from "./support/sample.ts";

const numeric = (a: number, b: number) => a - b;

describe("sort", () => {
  test.each([1, 2, 7, 100])("puts %i numbers in ascending order", (n) => {
    const x = sample([n], n);
    expect(sort(x).toArray()).toEqual([...x.data].sort(numeric));
  });

  test("sorts along any axis", () => {
    const x = tensor([
      [3, 1, 2],
      [0, 5, -4],
    ]);
    expect(sort(x).toArray()).toEqual([
      [1, 2, 3],
      [-4, 0, 5],
    ]);
    expect(sort(x, 0).toArray()).toEqual([
      [0, 1, -4],
      [3, 5, 2],
    ]);
    expect(sort(x, -2).toArray()).toEqual(sort(x, 0).toArray());
  });

  test("puts NaN last and infinities at the ends", () => {
    const x = tensor([Number.NaN, 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(sort(x).toArray()).toEqual([
      Number.NEGATIVE_INFINITY,
      1,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test("keeps dtypes", () => {
    for (const dtype of ["f32", "i32", "u32"] as const)
      expect(sort(tensor([2, 1], { dtype })).dtype).toBe(dtype);
  });

  test("has a gradient that follows each element to its place", () => {
    const weights = tensor([10, 20, 30]);
    const f = (x: Tensor) => sum(sort(x).mul(weights));
    expect(grad(f)(tensor([5, -1, 2])).toArray()).toEqual([30, 10, 20]);
  });

  test("commutes with vmap", () => {
    const x = sample([4, 5], 3);
    expect(vmap((row: Tensor) => sort(row))(x).toArray()).toEqual(sort(x, 1).toArray());
    expect(vmap((column: Tensor) => sort(column), 1, 1)(x).toArray()).toEqual(sort(x, 0).toArray());
  });
});

describe("argsort", () => {
  test("is stable: equal elements keep their order", () => {
    expect(argsort(tensor([1, 0, 1, 0])).toArray()).toEqual([1, 3, 0, 2]);
  });

  test("names the elements that sort gives", () => {
    const x = sample([20], 9);
    expect(gather(x, argsort(x)).toArray()).toEqual(sort(x).toArray());
  });
});

describe("argmax", () => {
  test("gives the first of equal elements, along the last axis unless told", () => {
    expect(
      argmax(
        tensor([
          [1, 3, 3],
          [2, 0, 2],
        ]),
      ).toArray(),
    ).toEqual([1, 0]);
    expect(
      argmax(
        tensor([
          [1, 3, 3],
          [2, 0, 4],
        ]),
        0,
      ).toArray(),
    ).toEqual([1, 0, 1]);
    expect(argmax(tensor([1, 2])).dtype).toBe("i32");
  });

  test("takes a NaN for the largest, as max does", () => {
    expect(argmax(tensor([1, Number.NaN, 3])).item()).toBe(1);
    expect(tensor([1, Number.NaN, 3]).max().item()).toBeNaN();
  });
});

describe("gather", () => {
  test("adds the cotangents of a row that is taken more than once", () => {
    const index = tensor([0, 2, 0], { dtype: "i32" });
    const gradient = grad((x: Tensor) => sum(gather(x, index).mul(tensor([[1], [10], [100]]))))(
      sample([3, 2], 1),
    );
    expect(gradient.toArray()).toEqual([
      [101, 101],
      [0, 0],
      [10, 10],
    ]);
  });

  test("puts the axes of the indices where the axis was", () => {
    const x = sample([2, 3, 4], 2);
    const index = tensor(
      [
        [0, 2],
        [1, 1],
        [0, 0],
      ],
      { dtype: "i32" },
    );
    const y = gather(x, index, 1);
    expect(y.shape).toEqual([2, 3, 2, 4]);
    const at = (t: Tensor, ...bounds: number[]) =>
      t
        .slice(
          bounds,
          bounds.map((i) => i + 1),
        )
        .item();
    expect(at(y, 1, 0, 1, 3)).toBe(at(x, 1, 2, 3));
  });
});
