import {
  astype,
  grad,
  hessian,
  jvp,
  matmul,
  mul,
  ones,
  sum,
  type Tensor,
  tanh,
  tensor,
  transpose,
  vjp,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("f32 stays f32", () => {
  const x = tensor([0.1, -0.7], { dtype: "f32" });
  const loss = (at: Tensor) => sum(tanh(at.mul(2).add(0.5)).square());

  test("through jvp, grad, vjp and the Hessian", () => {
    expect(jvp(loss, [x], [x]).map(({ dtype }) => dtype)).toEqual(["f32", "f32"]);
    expect(grad(loss)(x).dtype).toBe("f32");
    expect(vjp(loss, [x])[1](1)[0].dtype).toBe("f32");
    expect(hessian(loss)(x).dtype).toBe("f32");
  });

  test("in mixed expressions each gradient has the dtype of its own argument", () => {
    const f = (a: Tensor, b: Tensor) => sum(mul(a, b));
    const [aBar, bBar] = grad(f, { argnums: [0, 1] })(x, tensor([1, 2]));
    expect([aBar?.dtype, bBar?.dtype]).toEqual(["f32", "f64"]);
    expect(bBar?.toArray()).toEqual([Math.fround(0.1), Math.fround(-0.7)]);
  });

  test("products of matrices accumulate in double precision and round once", () => {
    const rows = tensor([[1, 2 ** -30, -1]], { dtype: "f32" });
    const product = matmul(rows, ones([3, 1], { dtype: "f32" }));
    expect(product.dtype).toBe("f32");
    expect(product.item()).toBe(2 ** -30);
  });
});

describe("astype", () => {
  test("is linear between floats: its transpose casts back", () => {
    const [xBar] = transpose(
      (x: Tensor) => astype(x, "f32"),
      [zeros([2])],
    )(tensor([0.5, 0.1], { dtype: "f32" }));
    expect(xBar.dtype).toBe("f64");
    expect(xBar.toArray()).toEqual([0.5, Math.fround(0.1)]);
  });

  test("to whole numbers or bool and back has a zero derivative", () => {
    for (const dtype of ["i32", "u32", "bool"] as const) {
      const f = (x: Tensor) => sum(x.astype(dtype).astype("f64").mul(x));
      expect(grad(f)(tensor([1.7, 2.2])).toArray()).toEqual(dtype === "bool" ? [1, 1] : [1, 2]);
    }
  });

  test("truncates toward zero, tests for 0, and rounds to nearest f32", () => {
    expect(astype(tensor([-1.7, 2.9]), "i32").toArray()).toEqual([-1, 2]);
    expect(astype(tensor([0, -0, 3]), "bool").toArray()).toEqual([false, false, true]);
    expect(astype(0.1, "f32").item()).toBe(Math.fround(0.1));
  });
});
