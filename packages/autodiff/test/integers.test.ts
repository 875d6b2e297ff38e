import { add, jvp, matmul, mul, pad, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("whole numbers", () => {
  test("of 32 bits wrap round", () => {
    expect(add(tensor(2 ** 31 - 1, { dtype: "i32" }), 1).item()).toBe(-(2 ** 31));
    expect(add(tensor(2 ** 32 - 1, { dtype: "u32" }), 1).item()).toBe(0);
    expect(tensor(1, { dtype: "u32" }).sub(2).item()).toBe(2 ** 32 - 1);
  });

  test("of u32 keep all 32 bits, which f32 could not hold", () => {
    expect(tensor([0xfffffffe], { dtype: "u32" }).add(1).item()).toBe(0xffffffff);
  });

  test("multiply modulo 2³², also where the product exceeds 2⁵³", () => {
    const [a, b] = [0x9e3779b1, 0x85ebca77];
    const product = Number((BigInt(a) * BigInt(b)) % 2n ** 32n);
    expect(mul(tensor(a, { dtype: "u32" }), tensor(b, { dtype: "u32" })).item()).toBe(product);
  });

  test("so do products of vectors and matrices", () => {
    for (const dtype of ["i32", "u32"] as const) {
      const a = tensor([0x7fffffff, 3, -0x7fffffff], { dtype });
      const one = tensor(1, { dtype });
      expect(matmul(a, a).item()).toBe(sum(mul(a, a)).item());
      expect(matmul(a.reshape([3, 1]), a.reshape([1, 3])).data).toEqual(
        mul(a.reshape([3, 1]), a.reshape([1, 3])).data,
      );
      expect(matmul(tensor([0x10001], { dtype }), tensor([0x10001], { dtype })).item()).toBe(
        add(one, 0x20000).item(),
      );
    }
  });

  test("are constants to derivatives: tangents given for them are ignored", () => {
    const f = (x: Tensor, n: Tensor) => mul(x, n);
    const n = tensor(3, { dtype: "i32" });
    expect(jvp(f, [2, n], [1, n])[1].item()).toBe(3);
  });
});

test("padding keeps the dtype, whatever the value", () => {
  for (const [dtype, value] of [
    ["bool", 1],
    ["i32", -3],
    ["u32", 7],
    ["f32", 0.5],
  ] as const) {
    const padded = pad(tensor([1, 0], { dtype }), [[1, 0]], value);
    expect(padded.dtype).toBe(dtype);
    expect([...padded.data]).toEqual([value, 1, 0]);
  }
});
