// What the public transformations give, on functions whose derivatives are known by heart.
import {
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  matmul,
  mul,
  sin,
  stopGradient,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { sample } from "./support/sample.ts";

const A = sample([3, 3], 1);
const quadratic = (x: Tensor) => mul(x, matmul(A, x)).sum();

describe("grad and valueAndGrad", () => {
  test("differentiate the first argument, or those that argnums names", () => {
    const f = (x: Tensor, y: Tensor) => mul(x, mul(y, y));
    expect(grad(f)(2, 5).item()).toBe(25);
    expect(grad(f, { argnums: 1 })(2, 5).item()).toBe(20);
    expect(grad(f, { argnums: [1, 0] })(2, 5).map((x) => x.item())).toEqual([20, 25]);
  });

  test("with hasAux pass on what the function returns beside", () => {
    const f = (x: Tensor) => [mul(x, x), { half: x.div(2) }] as const;
    const [gradient, aux] = grad(f, { hasAux: true })(3);
    expect(gradient.item()).toBe(6);
    expect(aux.half.item()).toBe(1.5);
    const [[value, again], same] = valueAndGrad(f, { hasAux: true })(3);
    expect([value.item(), again.half.item(), same.item()]).toEqual([9, 1.5, 6]);
  });

  test("return the value as well", () => {
    const [value, gradient] = valueAndGrad((x: Tensor) => sum(sin(x)))(tensor([0, 0]));
    expect(value.item()).toBe(0);
    expect(gradient.toArray()).toEqual([1, 1]);
  });

  test("give zeros where the value does not depend on the argument", () => {
    expect(grad((_x: Tensor) => 3)(tensor([1, 2])).toArray()).toEqual([0, 0]);
    expect(grad((_x: Tensor, y: Tensor) => y)(tensor([1, 2]), 4).toArray()).toEqual([0, 0]);
  });

  test("let JavaScript branch and loop on values", () => {
    const f = (x: Tensor) => {
      let y = x;
      while (y.item() < 100) y = mul(y, x);
      return y;
    };
    // 3⁵ = 243: y = x⁵
    expect(grad(f)(3).item()).toBe(5 * 81);
  });
});

describe("jacfwd, jacrev and hessian", () => {
  test("of x ↦ xᵀ A x are (A + Aᵀ) x and A + Aᵀ", () => {
    const x = sample([3], 2);
    const symmetric = A.add(A.permute());
    expectClose(grad(quadratic)(x), matmul(symmetric, x), 1e-14, "gradient", () => 1);
    expectClose(hessian(quadratic)(x), symmetric, 1e-14, "Hessian", () => 1);
    expectClose(jacrev(grad(quadratic))(x), symmetric, 1e-14, "jacrev of grad", () => 1);
  });

  test("agree on functions between arrays of any shape: [output…, input…]", () => {
    const f = (x: Tensor) => sin(matmul(x, x.permute())).reshape([2, 1, 2]);
    const x = sample([2, 3], 3);
    const forward = jacfwd(f)(x);
    expect(forward.shape).toEqual([2, 1, 2, 2, 3]);
    expectClose(jacrev(f)(x), forward, 1e-14, "J", () => 1);
  });

  test("of a linear map are its matrix", () => {
    const x = sample([3], 4);
    expect(jacfwd((at: Tensor) => matmul(A, at))(x).toArray()).toEqual(A.toArray());
    expect(jacrev((at: Tensor) => matmul(A, at))(x).toArray()).toEqual(A.toArray());
  });

  test("differentiate the argument that argnums names", () => {
    const f = (x: Tensor, y: Tensor) => mul(x.square(), y);
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    expect(jacfwd(f, { argnums: 1 })(x, y).toArray()).toEqual([
      [1, 0],
      [0, 4],
    ]);
    expect(jacrev(f, { argnums: 1 })(x, y).toArray()).toEqual([
      [1, 0],
      [0, 4],
    ]);
  });

  test("hvp is the Hessian times the vector, for several arguments at once", () => {
    const f = (x: Tensor, y: Tensor) => sum(mul(x.square(), y));
    const [x, y, v, w] = [5, 6, 7, 8].map((seed) => sample([3], seed)) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const [first, second] = hvp(f, [x, y], [v, w]);
    expectClose(first, y.mul(v).add(x.mul(w)).mul(2), 1e-15, "x part", () => 1);
    expectClose(second, x.mul(v).mul(2), 1e-15, "y part", () => 1);
  });
});

describe("linearize and vjp", () => {
  test("give maps that can be used again and again", () => {
    const [value, tangentMap] = linearize((x: Tensor) => x.square(), [tensor([1, 2])]);
    expect(value.toArray()).toEqual([1, 4]);
    expect(tangentMap(tensor([1, 0])).toArray()).toEqual([2, 0]);
    expect(tangentMap(tensor([0, 1])).toArray()).toEqual([0, 4]);
    const [, pullback] = vjp((x: Tensor) => x.square(), [tensor([1, 2])]);
    expect(pullback(tensor([1, 1]))[0].toArray()).toEqual([2, 4]);
    expect(pullback(tensor([0, 3]))[0].toArray()).toEqual([0, 12]);
  });

  test("evaluate the function once, however often the map is used", () => {
    let calls = 0;
    const [, tangentMap] = linearize(
      (x: Tensor) => {
        calls += 1;
        return sin(x);
      },
      [1],
    );
    for (const xDot of [1, 2, 3]) tangentMap(xDot);
    expect(calls).toBe(1);
  });
});

describe("stopGradient", () => {
  test("is a constant to every derivative, and the identity otherwise", () => {
    const f = (x: Tensor) => mul(stopGradient(x), x);
    expect(f(tensor(3)).item()).toBe(9);
    expect(grad(f)(3).item()).toBe(3);
    expect(jvp(f, [3], [1])[1].item()).toBe(3);
    expect(grad((x: Tensor) => grad(f)(x))(3).item()).toBe(0);
  });
});

describe("vmap", () => {
  test("runs the function once for the whole batch", () => {
    let calls = 0;
    vmap((x: Tensor) => {
      calls += 1;
      return x;
    })(tensor([1, 2, 3]));
    expect(calls).toBe(1);
  });

  test("repeats a result that depends on nothing mapped, or shares it with outAxes null", () => {
    const f = (_x: Tensor) => tensor([7, 8]);
    expect(vmap(f)(tensor([1, 2, 3])).shape).toEqual([3, 2]);
    expect(vmap(f, 0, null)(tensor([1, 2, 3])).toArray()).toEqual([7, 8]);
  });

  test("gives per-example gradients", () => {
    const loss = (w: Tensor, x: Tensor) => mul(w, x).sum().square();
    const xs = sample([5, 3], 9);
    const w = sample([3], 10);
    const each = vmap(grad(loss), [null, 0])(w, xs);
    const expected = xs.mul(matmul(xs, w).mul(2).expandDims(1));
    expectClose(each, expected, 1e-14, "gradients", () => 1);
  });
});
