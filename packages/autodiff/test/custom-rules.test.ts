// customJvp and customVjp: rules that differ from the truth, to show that they are what is used.
import {
  customJvp,
  customVjp,
  evaluate,
  exp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  log,
  mul,
  round,
  sum,
  type Tensor,
  tensor,
  trace,
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
