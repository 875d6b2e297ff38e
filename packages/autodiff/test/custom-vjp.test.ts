import { customVjp, exp, grad, jvp, log, mul, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

describe("customVjp", () => {
  test("works in forward mode by transposing its backward: log(1 + eˣ) with saved eˣ", () => {
    const softplus = customVjp(
      (x: Tensor) => log(exp(x).add(1)),
      (x: Tensor) => {
        const e = exp(x);
        return [log(e.add(1)), { e }];
      },
      ({ e }, yBar) => [mul(yBar, e.div(e.add(1)))],
    );
    const slope = 1 / (1 + Math.exp(-0.3));
    expect(jvp((x: Tensor) => softplus(x), [0.3], [1])[1].item()).toBeCloseTo(slope, 15);
    expect(grad((x: Tensor) => softplus(x))(0.3).item()).toBeCloseTo(slope, 15);
  });

  test("takes trees and several arguments, and gives a cotangent for each", () => {
    const f = customVjp(
      (x: { a: Tensor }, y: Tensor) => [mul(x.a, y), y] as const,
      (x: { a: Tensor }, y: Tensor) => [[mul(x.a, y), y] as const, [x.a, y] as const],
      ([a, y], [bar, other]) => [{ a: mul(bar, y) }, mul(bar, a).add(other)],
    );
    const loss = (x: { a: Tensor }, y: Tensor) => sum(f(x, y)[0]).add(sum(f(x, y)[1]));
    const [xBar, yBar] = grad(loss, { argnums: [0, 1] })({ a: tensor([2, 3]) }, tensor([5, 7])) as [
      { a: Tensor },
      Tensor,
    ];
    expect(xBar.a.toArray()).toEqual([5, 7]);
    expect(yBar.toArray()).toEqual([3, 4]);
  });

  test("ignores whole-number arguments, which have no cotangent", () => {
    const pick = customVjp(
      (x: Tensor, i: Tensor) => mul(x, i.astype("f64")),
      (x: Tensor, i: Tensor) => [mul(x, i.astype("f64")), i],
      (i, yBar) => [mul(yBar, i.astype("f64")), i],
    );
    const two = tensor(2, { dtype: "i32" });
    expect(grad((x: Tensor) => pick(x, two))(3).item()).toBe(2);
  });

  test("clips gradients, and says why a clipped rule has no forward mode", () => {
    const clipped = customVjp(
      (x: Tensor) => x.mul(1),
      (x: Tensor) => [x.mul(1), []],
      (_residuals, yBar) => [yBar.minimum(1).maximum(-1)],
    );
    expect(grad((x: Tensor) => clipped(x).mul(5))(1).item()).toBe(1);
    expect(grad((x: Tensor) => clipped(x).mul(-5))(1).item()).toBe(-1);
    expect(() => jvp((x: Tensor) => clipped(x), [1], [1])).toThrow(
      /customVjp.*(not linear|backward)/,
    );
  });

  test("checks the number of cotangents by name", () => {
    const f = customVjp(
      (x: Tensor, y: Tensor) => mul(x, y),
      (x: Tensor, y: Tensor) => [mul(x, y), []],
      (_residuals, yBar) => [yBar],
    );
    expect(() => grad((x: Tensor) => f(x, x))(3)).toThrow(
      /^customVjp: backward's cotangent has structure \[\*\], expected \[\*, \*\]/,
    );
  });
});
