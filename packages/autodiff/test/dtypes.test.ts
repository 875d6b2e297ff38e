import {
  add,
  arange,
  astype,
  type DType,
  div,
  exp,
  eye,
  full,
  grad,
  hessian,
  jvp,
  less,
  linspace,
  matmul,
  mean,
  mul,
  ones,
  pow,
  sin,
  softmax,
  sum,
  type Tensor,
  type TensorLike,
  tanh,
  tensor,
  transpose,
  vjp,
  where,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const of = (dtype: DType) => tensor([1, 2], { dtype });

describe("two tensors meet in the dtype of the table: bool < i32, u32 < f32 < f64", () => {
  const table: readonly (readonly [DType, DType, DType])[] = [
    ["bool", "bool", "bool"],
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

  test("are constants to derivatives: tangents given for them are ignored", () => {
    const f = (x: Tensor, n: Tensor) => mul(x, n);
    const n = tensor(3, { dtype: "i32" });
    expect(jvp(f, [2, n], [1, n])[1].item()).toBe(3);
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
