import {
  add,
  cumsum,
  type DType,
  div,
  exp,
  less,
  matmul,
  mean,
  mul,
  pow,
  sin,
  softmax,
  sub,
  sum,
  type TensorLike,
  tensor,
  where,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const of = (dtype: DType) => tensor([1, 2], { dtype });

describe("two tensors meet in the dtype of the table: bool < i32, u32 < f32 < f64", () => {
  const table: readonly (readonly [DType, DType, DType])[] = [
    ["bool", "i32", "i32"],
    ["bool", "u32", "u32"],
    ["bool", "f32", "f32"],
    ["bool", "f64", "f64"],
    ["i32", "i32", "i32"],
    ["i32", "f32", "f32"],
    ["i32", "f64", "f64"],
    ["u32", "u32", "u32"],
    ["u32", "f32", "f32"],
    ["u32", "f64", "f64"],
    ["f32", "f32", "f32"],
    ["f32", "f64", "f64"],
    ["f64", "f64", "f64"],
  ];

  test.each(table)("%s and %s give %s, in either order", (a, b, expected) => {
    expect(mul(of(a), of(b)).dtype).toBe(expected);
    expect(mul(of(b), of(a)).dtype).toBe(expected);
    expect(where(true, of(a), of(b)).dtype).toBe(expected);
  });

  test("bool and bool stay bool where they are chosen, and count as i32 in arithmetic", () => {
    const [yes, no] = [tensor([true, true]), tensor([true, false])];
    expect(where(true, yes, no).dtype).toBe("bool");
    expect(add(yes, no).dtype).toBe("i32");
    expect(add(yes, no).toArray()).toEqual([2, 1]);
    expect(sub(no, yes).toArray()).toEqual([0, -1]);
    expect(cumsum(yes).toArray()).toEqual([1, 2]);
    expect(matmul(yes, yes).item()).toBe(2);
  });

  test("comparisons are bool, whatever they compare", () => {
    for (const [a, b] of table) expect(less(of(a), of(b)).dtype).toBe("bool");
  });
});

describe("JavaScript numbers are weak: they take the dtype of their company", () => {
  const table: readonly (readonly [DType, number, DType])[] = [
    ["f32", 0.1, "f32"],
    ["f64", 0.1, "f64"],
    ["i32", 3, "i32"],
    ["u32", 3, "u32"],
    ["i32", 0.5, "f64"],
    ["bool", 2, "f64"],
  ];

  test.each(table)("%s and the number %d give %s", (dtype, x, expected) => {
    expect(add(of(dtype), x).dtype).toBe(expected);
    expect(add(x, of(dtype)).dtype).toBe(expected);
  });

  test("two numbers give f64, and booleans count as 0 and 1 beside numbers", () => {
    expect(add(1, 2).dtype).toBe("f64");
    expect(mul(true, of("f32")).dtype).toBe("f32");
    expect(add(tensor([true, false]), of("i32")).toArray()).toEqual([2, 2]);
  });

  test("a number beside f32 is rounded to f32 once", () => {
    expect(mul(tensor(1, { dtype: "f32" }), 0.1).item()).toBe(Math.fround(0.1));
  });
});

describe("functions of real numbers turn whole numbers into f64", () => {
  test.each([
    ["exp", exp],
    ["sin", sin],
    ["mean", (x: TensorLike) => mean(x)],
    ["softmax", (x: TensorLike) => softmax(x)],
    ["div", (x: TensorLike) => div(x, 2)],
    ["pow", (x: TensorLike) => pow(x, 2)],
  ] as const)("%s", (_name, f) => {
    for (const dtype of ["bool", "i32", "u32"] as const) expect(f(of(dtype)).dtype).toBe("f64");
    expect(f(of("f32")).dtype).toBe("f32");
  });

  test("sum counts booleans as i32, and keeps whole numbers whole", () => {
    expect(sum(tensor([true, false, true])).dtype).toBe("i32");
    expect(sum(tensor([true, false, true])).item()).toBe(2);
    expect(sum(of("u32")).dtype).toBe("u32");
  });
});
