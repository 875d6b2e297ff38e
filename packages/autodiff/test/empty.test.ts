// Arrays of size 0: neutral elements where they exist, and never a NaN.
import {
  argsort,
  concat,
  cumsum,
  grad,
  hessian,
  jacfwd,
  jacrev,
  logsumexp,
  matmul,
  max,
  mean,
  norm,
  prod,
  sin,
  softmax,
  sort,
  sum,
  type Tensor,
  tensor,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const none = zeros([0]);

describe("what nothing adds up to", () => {
  test("the sum of nothing is 0", () => {
    expect(sum(none).item()).toBe(0);
    expect(sum(zeros([2, 0]), 1).toArray()).toEqual([0, 0]);
  });

  test("the product of nothing is 1", () => {
    expect(prod(none).item()).toBe(1);
    expect(prod(zeros([2, 0]), 1).toArray()).toEqual([1, 1]);
    expect(prod(zeros([2, 0]), 1, { keepDims: true }).shape).toEqual([2, 1]);
  });

  test("the norm of nothing is 0", () => {
    expect(norm(none).item()).toBe(0);
  });

  test("a product of matrices over an inner length of 0 is a matrix of zeros", () => {
    expect(matmul(zeros([2, 0]), zeros([0, 3])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(matmul(none, none).item()).toBe(0);
  });
});

describe("what is empty stays empty", () => {
  test.each([
    ["sin", sin],
    ["cumsum", cumsum],
    ["sort", sort],
    ["argsort", argsort],
  ] as const)("%s", (_name, f) => {
    expect(f(none).shape).toEqual([0]);
  });

  test("reductions along another axis of an empty matrix", () => {
    for (const f of [sum, mean, max, logsumexp, prod])
      expect((f as typeof sum)(zeros([0, 3]), 1).shape).toEqual([0]);
    expect(softmax(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  test("an empty part of a concatenation adds nothing", () => {
    expect(concat([none, tensor([1]), none]).toArray()).toEqual([1]);
  });
});

describe("derivatives of and in nothing", () => {
  test("gradients in an empty array are empty", () => {
    for (const f of [sum, prod, norm] as const)
      expect(grad((x: Tensor) => (f as typeof sum)(x))(none).shape).toEqual([0]);
  });

  test("a matrix product's gradients over an inner length of 0 have the shapes of the matrices", () => {
    const f = (x: Tensor, w: Tensor) => sum(matmul(x, w));
    const [xBar, wBar] = grad(f, { argnums: [0, 1] })(zeros([2, 0]), zeros([0, 3]));
    expect(xBar?.shape).toEqual([2, 0]);
    expect(wBar?.shape).toEqual([0, 3]);
  });

  test.each([
    [[2, 3, 0], [0]],
    [
      [2, 3, 0],
      [0, 4],
    ],
    [
      [4, 2, 3],
      [3, 0],
    ],
    [
      [0, 2, 3],
      [3, 4],
    ],
    [
      [2, 0, 3],
      [3, 4],
    ],
  ])("also where a batch %j shares a matrix %j, empty or not", (x, w) => {
    const f = (a: Tensor, b: Tensor) => sum(matmul(a, b));
    const [xBar, wBar] = grad(f, { argnums: [0, 1] })(zeros(x), zeros(w));
    expect([xBar?.shape, wBar?.shape]).toEqual([x, w]);
    expect(wBar?.data.every((value) => value === 0)).toBe(true);
  });

  test("Jacobians and Hessians have their shapes", () => {
    expect(jacfwd((x: Tensor) => sin(x))(none).shape).toEqual([0, 0]);
    expect(jacrev((x: Tensor) => x.slice([0], [0]))(zeros([2])).shape).toEqual([0, 2]);
    expect(hessian((x: Tensor) => sum(sin(x)))(none).shape).toEqual([0, 0]);
  });

  test("vmap over no members gives no members", () => {
    expect(vmap((x: Tensor) => grad((y: Tensor) => sum(sin(y)))(x))(zeros([0, 2])).shape).toEqual([
      0, 2,
    ]);
  });
});
