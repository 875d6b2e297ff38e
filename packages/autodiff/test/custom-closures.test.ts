// What functions with custom rules may close over.
import {
  customJvp,
  customVjp,
  evaluate,
  grad,
  jvp,
  mul,
  type Tensor,
  tensor,
  trace,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("closing over values", () => {
  const scaled = (factor: Tensor) => ({
    customJvp: customJvp(
      (y: Tensor) => mul(y, factor),
      ([y], [yDot]) => [mul(y, factor), mul(yDot, factor)],
    ),
    customVjp: customVjp(
      (y: Tensor) => mul(y, factor),
      (y: Tensor) => [mul(y, factor), []],
      (_residuals, bar) => [mul(bar, factor)],
    ),
  });

  test.each(["customJvp", "customVjp"] as const)(
    "%s refuses those that are being differentiated, by name",
    (name) => {
      for (const derivative of [
        (f: (x: Tensor) => Tensor) => grad(f)(3),
        (f: (x: Tensor) => Tensor) => jvp(f, [3], [1]),
      ])
        expect(() => derivative((x) => scaled(x)[name](2))).toThrow(
          new RegExp(`^${name}: .*closes over a value that is being differentiated.*argument`),
        );
    },
  );

  test.each(["customJvp", "customVjp"] as const)(
    "%s allows those that are mapped or constant",
    (name) => {
      const factors = tensor([2, 5]);
      const slopes = vmap((x: Tensor) => grad((y: Tensor) => scaled(x)[name](y))(1))(factors);
      expect(slopes.toArray()).toEqual([2, 5]);
      expect(vmap((x: Tensor) => scaled(x)[name](3))(factors).toArray()).toEqual([6, 15]);
      expect(grad((y: Tensor) => scaled(tensor(7))[name](y))(1).item()).toBe(7);
    },
  );

  test.each(["customJvp", "customVjp"] as const)("%s allows those that are traced", (name) => {
    const slope = (x: Tensor) => grad((y: Tensor) => scaled(x)[name](y))(1);
    expect((evaluate(trace(slope)(tensor(1)), [4]) as Tensor).item()).toBe(4);
  });
});
