// What other libraries get wrong, each as a regression test.
import {
  abs,
  exp,
  grad,
  logSoftmax,
  max,
  maximum,
  min,
  mul,
  norm,
  pow,
  print,
  prod,
  relu,
  sigmoid,
  sin,
  softmax,
  softplus,
  sum,
  type Tensor,
  tanh,
  tensor,
  trace,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const second = (f: (x: Tensor) => Tensor) => grad((x: Tensor) => grad(f)(x));

describe("values and slopes that overflow or cancel elsewhere", () => {
  test("tanh(1e-6) is 1e-6 to its last digit", () => {
    expect(tanh(1e-6).item()).toBeCloseTo(1e-6 - 1e-18 / 3, 21);
  });

  test("softplus(100) is 100 and its slope 1", () => {
    expect(softplus(100).item()).toBe(100);
    expect(grad(softplus)(100).item()).toBe(1);
  });

  test("the slope of sigmoid at −89 is e^−89, not NaN, in f32 too", () => {
    expect(grad(sigmoid)(-89).item() / Math.exp(-89)).toBeCloseTo(1, 14);
    const single = grad(sigmoid)(tensor(-80, { dtype: "f32" }));
    expect(single.item() / Math.exp(-80)).toBeCloseTo(1, 5);
  });

  test("x³ at 0 has derivatives 0, 0, 6", () => {
    const cube = (x: Tensor) => pow(x, 3);
    expect(grad(cube)(0).item()).toBe(0);
    expect(second(cube)(0).item()).toBe(0);
    expect(grad((x: Tensor) => second(cube)(x))(0).item()).toBe(6);
  });

  test.each([
    ["tanh", tanh, (x: number) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2)],
    ["exp", exp, Math.exp],
    [
      "sigmoid",
      sigmoid,
      (x: number) => (Math.exp(-x) * (Math.exp(-x) - 1)) / (1 + Math.exp(-x)) ** 3,
    ],
  ] as const)("the second derivative of %s exists and is right", (_name, f, expected) => {
    for (const x of [-1.5, 0, 0.3]) expect(second(f)(x).item()).toBeCloseTo(expected(x), 13);
  });

  test("softmax and logSoftmax of huge scores are finite, and so are their gradients", () => {
    const scores = tensor([1000, 0, -1000]);
    expect(softmax(scores).toArray()).toEqual([1, 0, 0]);
    expect(logSoftmax(scores).toArray()).toEqual([0, -1000, -2000]);
    expect(grad((x: Tensor) => logSoftmax(x).slice([2]).sum())(scores).toArray()).toEqual([
      -1, 0, 1,
    ]);
  });
});

describe("conventions at kinks", () => {
  test("relu and abs have slope 0 at 0", () => {
    expect(grad(relu)(0).item()).toBe(0);
    expect(grad(abs)(0).item()).toBe(0);
  });

  test.each([2, 3, 7])("the cotangents of a %i-fold tie of max or min sum to one", (n) => {
    for (const f of [max, min]) {
      const shares = grad((x: Tensor) => f(x))(tensor(Array.from({ length: n }, () => 4)));
      expect(sum(shares).item()).toBeCloseTo(1, 15);
      expect(new Set(shares.data).size).toBe(1);
    }
  });

  test("a tie of maximum gives each side half", () => {
    const both = grad((x: Tensor, y: Tensor) => maximum(x, y), { argnums: [0, 1] })(2, 2);
    expect(both.map((x) => x.item())).toEqual([0.5, 0.5]);
  });

  test("a tie that is not the largest takes no part", () => {
    expect(grad((x: Tensor) => max(x))(tensor([1, 1, 2])).toArray()).toEqual([0, 0, 1]);
  });

  test("the norm of 0 is 0 with gradient 0, and no NaN", () => {
    expect(norm(zeros([3])).item()).toBe(0);
    expect(grad((x: Tensor) => norm(x))(zeros([3])).toArray()).toEqual([0, 0, 0]);
  });
});

describe("products with zero factors", () => {
  const gradient = grad((x: Tensor) => prod(x));

  test("no zero: each partial is the product of the others", () => {
    expect(gradient(tensor([2, 3, 4])).toArray()).toEqual([12, 8, 6]);
  });

  test("one zero: only its own partial is not 0", () => {
    expect(gradient(tensor([2, 0, 4])).toArray()).toEqual([0, 8, 0]);
  });

  test("two zeros: the gradient is 0, and the second derivative is the product of the rest", () => {
    expect(gradient(tensor([0, 3, 0])).toArray()).toEqual([0, 0, 0]);
    const mixed = grad((x: Tensor) => gradient(x).slice([0], [1]).sum())(tensor([0, 3, 0]));
    expect(mixed.toArray()).toEqual([0, 0, 3]);
  });
});

test("printed derivatives keep no products with zero and no sums with zero", () => {
  const f = (x: Tensor, y: Tensor) => sin(x).mul(y).add(mul(3, y)).sum();
  const text = print(
    trace((x: Tensor, y: Tensor) => grad(f)(x, y))(tensor([1, 2]), tensor([3, 4])),
  );
  expect(text).not.toMatch(/ (mul|add|sub) (0 |\w+ 0\n)/);
});
