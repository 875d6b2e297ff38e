// Nested derivatives that confuse perturbations where these are not told apart.
import {
  cos,
  exp,
  grad,
  jvp,
  linearize,
  mul,
  sin,
  sum,
  type Tensor,
  type TensorLike,
  tensor,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

type Scalar = (x: Tensor) => Tensor;
type Derivative = (f: Scalar) => (x: TensorLike) => Tensor;

const forward: Derivative = (f) => (x) => jvp(f, [x], [1])[1];
const reverse: Derivative = (f) => (x) => grad(f)(x);
const linearized: Derivative = (f) => (x) => linearize(f, [x])[1](1);
const pulled: Derivative = (f) => (x) => vjp(f, [x])[1](1)[0];
const batched: Derivative = (f) => (x) => vmap(forward(f))(tensor(1).mul(x).reshape([1])).sum();

const modes: readonly (readonly [string, Derivative])[] = [
  ["jvp", forward],
  ["grad", reverse],
  ["linearize", linearized],
  ["vjp", pulled],
  ["vmap of jvp", batched],
];
/** Every derivative inside every other. */
const pairs = modes.flatMap(([outer, d]) =>
  modes.map(([inner, e]) => [outer, inner, d, e] as const),
);

describe.each(pairs)("%s of %s", (_outer, _inner, d, e) => {
  test("d/dx (x · d/dy (x + y)) at x = 1 is 1, not 2 (Siskind & Pearlmutter 2005, §2)", () => {
    expect(d((x) => x.mul(e((y) => x.add(y))(1)))(1).item()).toBe(1);
  });

  test("d/dx (x · d/dy (x · y)) at x = 3 is 2 x = 6 (Siskind & Pearlmutter 2008, §4)", () => {
    expect(d((x) => x.mul(e((y) => x.mul(y))(2)))(3).item()).toBe(6);
  });

  test("the outer variable passed on as the inner one: d/dx (d/dy y³ at y = x) = 6 x", () => {
    expect(d((x) => e((y) => y.mul(y).mul(y))(x))(5).item()).toBe(30);
  });

  test("∂²/∂x∂y sin(x y²) by a closure equals its closed form", () => {
    const [x0, y0] = [0.7, 1.3];
    const mixed = d((x) => e((y) => sin(mul(x, y.mul(y))))(y0))(x0).item();
    const [c, s] = [Math.cos(x0 * y0 ** 2), Math.sin(x0 * y0 ** 2)];
    expect(mixed).toBeCloseTo(2 * y0 * c - 2 * x0 * y0 ** 3 * s, 14);
  });

  test("an inner function that ignores its variable has derivative 0, whatever it closes over", () => {
    expect(d((x) => e(() => x.mul(x))(2).add(x))(3).item()).toBe(1);
  });
});

describe("the shift operator of Manzyuk et al. 2019 (§3)", () => {
  // s(u)(f)(x) = f(x + u), and D̂ f = d/du s(u)(f) at u = 0, so that D̂(D̂ h) = h″; confused, it is 0.
  const shift = (u: Tensor) => (f: Scalar) => (x: TensorLike) => f(u.add(x));
  const hat =
    (d: Derivative) =>
    (f: Scalar): Scalar =>
    (x) =>
      d((u) => shift(u)(f)(x))(0);

  test.each(modes)("D̂(D̂ exp)(1) = e by %s", (_name, d) => {
    expect(hat(d)(hat(d)(exp))(tensor(1)).item()).toBeCloseTo(Math.E, 14);
  });

  test.each(pairs)("D̂(D̂ sin) = −sin by %s over %s", (_outer, _inner, d, e) => {
    expect(hat(d)(hat(e)(sin))(tensor(0.4)).item()).toBeCloseTo(-Math.sin(0.4), 14);
  });

  test("a closure that escapes with its perturbation is refused instead of being confused", () => {
    let escaped: (f: Scalar) => (x: TensorLike) => Tensor = () => () => tensor(0);
    forward((u) => {
      escaped = shift(u);
      return u;
    })(0);
    expect(() => escaped(exp)(1)).toThrow(/belongs to a jvp (that|which) has ended/);
  });
});

describe("three levels", () => {
  const cube: Scalar = (x) => mul(x, mul(x, x));

  test("any three derivatives of x³·x³ in any nesting give 120 x³", () => {
    for (const [, a] of modes)
      for (const [, b] of modes)
        for (const [, c] of modes)
          expect(a((x) => b((y) => c((z) => cube(z).mul(cube(z)))(y))(x))(2).item()).toBe(960);
  });

  test("grad inside vmap inside jvp: d/dt Σᵢ d/dxᵢ sin(t xᵢ) = Σᵢ cos(t xᵢ) − t xᵢ sin(t xᵢ)", () => {
    const xs = [0.3, -1.2, 2];
    const f: Scalar = (t) =>
      sum(vmap((x: Tensor) => grad((y: Tensor) => sin(t.mul(y)))(x))(tensor(xs)));
    const expected = xs
      .map((x) => Math.cos(0.8 * x) - 0.8 * x * Math.sin(0.8 * x))
      .reduce((a, b) => a + b);
    expect(jvp(f, [0.8], [1])[1].item()).toBeCloseTo(expected, 14);
  });

  test("jvp inside grad inside vmap: each member has its own second derivative", () => {
    const xs = tensor([0.1, 0.9, -2]);
    const second = vmap((x: Tensor) => grad((y: Tensor) => jvp(sin, [y], [1])[1])(x))(xs);
    expect(second.toArray()).toEqual(xs.sin().neg().toArray());
  });

  test("an inner step of gradient descent is differentiated through: y* = x, so dy*/dx = 1", () => {
    const step = (x: Tensor, y: TensorLike) =>
      tensor(0)
        .add(y)
        .sub(grad((at: Tensor) => at.sub(x).square().mul(0.5))(y));
    expect(grad((x: Tensor) => step(x, 7))(3).item()).toBe(1);
  });

  test("residuals of an inner linearize may depend on outer variables", () => {
    const f: Scalar = (x) => {
      const [, along] = linearize((y: Tensor) => sin(x.mul(y)), [2]);
      return along(1).mul(x);
    };
    // f(x) = x² cos 2x
    const x0 = 0.6;
    const expected = 2 * x0 * Math.cos(2 * x0) - 2 * x0 ** 2 * Math.sin(2 * x0);
    expect(grad(f)(x0).item()).toBeCloseTo(expected, 14);
    expect(jvp(f, [x0], [1])[1].item()).toBeCloseTo(expected, 14);
  });

  test("JavaScript may branch on values under grad of grad, and the branch's derivative is taken", () => {
    const f = (x: Tensor): Tensor => (x.item() > 0 ? sin(x) : cos(x));
    expect(grad((x: Tensor) => grad(f)(x))(0.5).item()).toBe(-Math.sin(0.5));
    expect(grad((x: Tensor) => grad(f)(x))(-0.5).item()).toBe(-Math.cos(-0.5));
  });
});
