import { customJvp, grad, mul, round, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("customJvp", () => {
  test("passes a derivative straight through a rounding (Bengio et al. 2013)", () => {
    const through = customJvp(
      (x: Tensor) => round(x),
      ([x], [xDot]) => [round(x), xDot],
    );
    expect(grad((x: Tensor) => through(x).mul(3))(0.7).item()).toBe(3);
  });

  test("has a tangent for each argument, zeros where nothing moves", () => {
    const f = customJvp(
      (x: Tensor, y: Tensor) => mul(x, y),
      ([x, y], [xDot, yDot]) => [mul(x, y), mul(10, xDot).add(mul(100, yDot))],
    );
    expect(grad((x: Tensor) => f(x, 5))(2).item()).toBe(10);
    const both = grad((x: Tensor, y: Tensor) => f(x, y), { argnums: [0, 1] })(2, 5);
    expect(both.map((x) => x.item())).toEqual([10, 100]);
  });

  test("checks the tangent's shape by name", () => {
    const f = customJvp(
      (x: Tensor) => sum(x),
      ([x], [xDot]) => [sum(x), xDot],
    );
    expect(() => grad((x: Tensor) => f(x))(tensor([1, 2]))).toThrow(
      /^customJvp: the rule's tangent 0 is f64\[2\], expected f64\[\]/,
    );
  });
});
