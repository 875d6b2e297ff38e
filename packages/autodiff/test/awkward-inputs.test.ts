// Inputs on which engines are wrong in silence: each value here is by hand or by a closed form.
import {
  asin,
  atan2,
  customJvp,
  customVjp,
  eliminateCommonSubexpressions,
  evaluate,
  exp,
  gather,
  gelu,
  grad,
  hessian,
  maximum,
  min,
  minimum,
  mod,
  mul,
  norm,
  pow,
  print,
  softmax,
  sum,
  type Tensor,
  tensor,
  trace,
  transpose,
  tree,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const i32 = (values: number[]) => tensor(values, { dtype: "i32" });
const u32 = (values: number[]) => tensor(values, { dtype: "u32" });

test("trees whose keys are whole numbers keep each leaf at its key", () => {
  const doubled = tree.map((x) => mul(x, 2), { 2: tensor(20), 10: tensor(100) });
  expect(doubled[2].item()).toBe(40);
  expect(doubled[10].item()).toBe(200);
});

describe("gather under vmap", () => {
  const rows = tensor([
    [1, 2, 3],
    [10, 20, 30],
  ]);
  const pick = (x: Tensor, i: Tensor) => gather(x, i);

  test("reads within each member", () => {
    expect(vmap(pick)(rows, i32([2, 0])).toArray()).toEqual([3, 10]);
    expect(vmap(grad(pick))(rows, i32([2, 0])).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    const twice = vmap(vmap(pick, [null, 0]));
    const indices = tensor([
      [2, 0],
      [1, 1],
    ]);
    expect(twice(rows, indices.astype("i32")).toArray()).toEqual([
      [3, 1],
      [20, 20],
    ]);
  });

  test.each([3, -1])("refuses index %i, which would lie in another member", (index) => {
    expect(() => vmap(pick)(rows, i32([index, 0]))).toThrow(
      /index -?\d \(element 0\) is outside an axis of length 3/,
    );
  });
});

test("the smallest of unsigned numbers, bools and −2³¹ is not wrapped", () => {
  expect(min(u32([0, 5])).item()).toBe(0);
  expect(min(tensor([true, false])).toArray()).toBe(false);
  expect(min(i32([-(2 ** 31), 5])).item()).toBe(-(2 ** 31));
  expect(minimum(u32([0, 7]), u32([5, 5])).toArray()).toEqual([0, 5]);
});

test("softmax of whole numbers is that of the same floats", () => {
  const expected = softmax(tensor([0, 1])).toArray();
  expect(softmax(u32([0, 1])).toArray()).toEqual(expected);
  expect(softmax(tensor([false, true])).toArray()).toEqual(expected);
});

test("the Hessian of xʸ at y = 0 is [[0, 1/x], [1/x, ln² x]]", () => {
  const power = (p: Tensor) => pow(sum(p.slice([0], [1])), sum(p.slice([1], [2])));
  const [[xx, xy], [yx, yy]] = hessian(power)(tensor([2, 0])).toArray() as [number[], number[]];
  expect([xx, xy, yx]).toEqual([0, 0.5, 0.5]);
  expect(yy).toBeCloseTo(Math.LN2 ** 2, 15);
});

test("eliminating common subexpressions tells ∞ from −∞", () => {
  const f = (x: Tensor) => exp(maximum(x, Infinity).neg()).add(maximum(x, -Infinity));
  const graph = eliminateCommonSubexpressions(trace(f)(1));
  expect((evaluate(graph, [1]) as Tensor).item()).toBe(1);
});

describe("rules that close over a mapped value, inside of grad", () => {
  const slopes = (scale: (w: Tensor) => (y: Tensor) => Tensor) =>
    grad((x: Tensor) => sum(vmap((y: Tensor, w: Tensor) => scale(w)(y))(x, tensor([3, 4]))))(
      tensor([1, 2]),
    ).toArray();

  test("customJvp", () => {
    const scale = (w: Tensor) =>
      customJvp(
        (y: Tensor) => mul(y, w),
        ([y], [yDot]) => [mul(y, w), mul(yDot, w)],
      );
    expect(slopes(scale)).toEqual([3, 4]);
  });

  test("customVjp", () => {
    const scale = (w: Tensor) =>
      customVjp(
        (y: Tensor) => mul(y, w),
        (y: Tensor) => [mul(y, w), w],
        (kept, yBar) => [mul(yBar, kept)],
      );
    expect(slopes(scale)).toEqual([3, 4]);
  });
});

test("a cast to whole numbers is not linear", () => {
  const truncate = (x: Tensor) => x.astype("i32").astype("f64");
  expect(() => transpose(truncate, [tensor([0.5])])(tensor([1.7]))).toThrow(/astype.*not linear/);
});

test("argnums that name one argument twice are refused", () => {
  expect(() => grad((x: Tensor) => mul(x, 3), { argnums: [0, 0] })(2)).toThrow(
    /argnums \[0, 0\].*expected each once/,
  );
});

test("inputs whose names collide are printed apart", () => {
  const graph = trace((x: { a: Tensor }, x_a: Tensor) => mul(x.a, x_a))({ a: 1 }, 2);
  expect(print(graph)).toMatch(/^\{ x_a:f64\[\], a:f64\[\] \./);
});

describe("numbers whose squares are out of range", () => {
  test.each([1e200, 1e-200, 3e300])(
    "norm(3s, 4s) = 5s with the gradient (3/5, 4/5) at s = %d",
    (s) => {
      const x = tensor([3 * s, 4 * s]);
      expect(norm(x).item() / s).toBeCloseTo(5, 14);
      const gradient = grad((at: Tensor) => norm(at))(x).toArray() as number[];
      gradient.forEach((slope, i) => expect(slope).toBeCloseTo([0.6, 0.8][i] as number, 14));
    },
  );

  test("norm is 0 at 0 and for nothing, ∞ where an element is, and mapped row by row", () => {
    expect(norm(tensor([0, 0])).item()).toBe(0);
    expect(norm(tensor([], { shape: [2, 0] }), 1).toArray()).toEqual([0, 0]);
    expect(norm(tensor([1, Number.NEGATIVE_INFINITY])).item()).toBe(Number.POSITIVE_INFINITY);
    const rows = tensor([
      [3e200, 4e200],
      [3, 4],
    ]);
    const [far, near] = vmap((x: Tensor) => norm(x))(rows).toArray() as [number, number];
    expect(far / 5e200).toBeCloseTo(1, 14);
    expect(near).toBe(5);
    expect(norm(rows, 1, { keepDims: true }).shape).toEqual([2, 1]);
  });

  test.each([1e200, 1e-200])("atan2 at (s, s) has the slopes (½, −½)/s at s = %d", (s) => {
    expect(grad((y: Tensor) => atan2(y, s))(s).item() * s).toBe(0.5);
    expect(grad((x: Tensor) => atan2(s, x))(s).item() * s).toBe(-0.5);
  });
});

test("asin has the second derivative x/(1 − x²)^1.5 to rounding, at 10⁻⁸ and beside 1", () => {
  const second = (x: number) => grad((at: Tensor) => grad(asin)(at))(x).item();
  expect(second(1e-8) / 1e-8).toBeCloseTo(1, 14);
  expect(grad(asin)(1 - 2 ** -53).item() / 2 ** 26).toBeCloseTo(1, 14);
});

test("∂ mod(x, y)/∂y is −⌊x/y⌋ where the rounded quotient is a whole number that x/y does not reach", () => {
  expect(1 / 0.1).toBe(10);
  expect(grad((y: Tensor) => mod(1, y))(0.1).item()).toBe(-9);
});

// x Φ(x), with Φ(−10) = 7.6198530241605260660e−24.
test("gelu keeps its digits far below 0, and so does its slope", () => {
  expect(gelu(-10).item() / -7.619853024160525e-23).toBeCloseTo(1, 13);
  const slope = 7.619853024160525e-24 - (10 * Math.exp(-50)) / Math.sqrt(2 * Math.PI);
  expect(grad(gelu)(-10).item() / slope).toBeCloseTo(1, 13);
});
