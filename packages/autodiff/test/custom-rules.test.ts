// customJvp and customVjp: rules that differ from the truth, to show that they are what is used.
import {
  customJvp,
  customVjp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  mul,
  sum,
  type Tensor,
  tensor,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { sample } from "./support/sample.ts";

/** x², said to have the derivative 30 x. */
const byJvp = customJvp(
  (x: Tensor) => mul(x, x),
  ([x], [xDot]) => [mul(x, x), mul(mul(30, x), xDot)],
);
const byVjp = customVjp(
  (x: Tensor) => mul(x, x),
  (x: Tensor) => [mul(x, x), x],
  (x, yBar) => [mul(mul(30, x), yBar)],
);

describe.each([
  ["customJvp", byJvp],
  ["customVjp", byVjp],
] as const)("the rule of %s", (_name, f) => {
  const scalar = (x: Tensor): Tensor => f(x);
  const x = sample([3], 1);

  test("leaves the value alone", () => {
    expect(f(3).item()).toBe(9);
  });

  test("is used by grad, vjp, jvp, jacfwd and jacrev", () => {
    expect(grad(scalar)(3).item()).toBe(90);
    expect(vjp(scalar, [3])[1](2)[0].item()).toBe(180);
    expect(jvp(scalar, [3], [2])[1].item()).toBe(180);
    expectClose(jacfwd(scalar)(x), jacrev(scalar)(x), 0, "Jacobian");
  });

  test("is differentiated itself by the second derivative, in any order", () => {
    expect(grad((at: Tensor) => grad(scalar)(at))(3).item()).toBe(30);
    expect(jvp((at: Tensor) => jvp(scalar, [at], [1])[1], [3], [1])[1].item()).toBe(30);
    expect(jvp((at: Tensor) => grad(scalar)(at), [3], [1])[1].item()).toBe(30);
    expect(grad((at: Tensor) => jvp(scalar, [at], [1])[1])(3).item()).toBe(30);
    expect(hessian((at: Tensor) => sum(f(at)))(tensor([1, 2])).toArray()).toEqual([
      [30, 0],
      [0, 30],
    ]);
  });

  test("holds under vmap, inside and outside of derivatives", () => {
    const thirty = mul(30, x).toArray();
    expect(vmap((at: Tensor) => grad(scalar)(at))(x).toArray()).toEqual(thirty);
    expect(grad((at: Tensor) => sum(vmap(scalar)(at)))(x).toArray()).toEqual(thirty);
    const second = vmap((at: Tensor) => grad((u: Tensor) => grad(scalar)(u))(at));
    expect(second(x).toArray()).toEqual([30, 30, 30]);
  });
});
