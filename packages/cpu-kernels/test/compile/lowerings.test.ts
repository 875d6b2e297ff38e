// Primitives of one's own compile by what their authors say they are made of.
import {
  add,
  checkpoint,
  mul,
  notLinear,
  type PrimitiveFunction,
  primitive,
  sqrt,
  sum,
  type Tensor,
  tensor,
  vmap,
  zeroTangent,
} from "@cotangent/autodiff";
import { compile, type Lowerings } from "@cotangent/cpu-kernels";
import { expect, test } from "vitest";

const own = (
  name: string,
  f: (x: number, y: number) => number,
): PrimitiveFunction<{ scale: number }> => {
  const apply: PrimitiveFunction<{ scale: number }> = primitive({
    name,
    shape: ([x]) => x!,
    evaluate: ([x, y], out, { scale }) => ({
      ...out,
      data: Float64Array.from(x!.data, (value, i) => scale * f(value, y!.data[i]!)),
    }),
    jvp: zeroTangent,
    transpose: notLinear(name),
    batch: (inputs, _mapped, _size, params) => apply(inputs, params),
  });
  return apply;
};
const hypotenuse = own("hypotenuse", Math.hypot);
const twice = own("twice", (x, y) => 2 * Math.hypot(x, y));

const lowerings: Lowerings = {
  hypotenuse: ([x, y], { scale }) => mul(sqrt(add(mul(x!, x!), mul(y!, y!))), scale as number),
  // A lowering may use another primitive that has one.
  twice: ([x, y], { scale }) => mul(2, hypotenuse([x!, y!], { scale: scale as number })),
};
const [x, y] = [tensor([3, 5, 8]), tensor([4, 12, 15])];

test("with their parameters, one through another", () => {
  const f = (a: Tensor, b: Tensor) =>
    add(hypotenuse([a, b], { scale: 1 }), twice([a, b], { scale: 10 }));
  expect(compile(f, { lowerings })(x, y).toArray()).toEqual(f(x, y).toArray());
});

test("inside of checkpoints and under vmap", () => {
  const f = checkpoint((a: Tensor, b: Tensor) => sum(hypotenuse([a, b], { scale: 1 })));
  const g = vmap((a: Tensor, b: Tensor) => hypotenuse([a, b], { scale: 2 }));
  expect(compile(f, { lowerings })(x, y).item()).toBe(5 + 13 + 17);
  expect(compile(g as typeof f, { lowerings })(x, y).toArray()).toEqual([10, 26, 34]);
});

test("a primitive that only shares its name with one of the engine's is not taken for it", () => {
  const sine = own("sin", (a) => a);
  const f = (a: Tensor) => sine([a, a], { scale: 3 });
  expect(() => compile(f)(x)).toThrow(/primitive sin is not one of the engine's/);
  expect(compile(f, { lowerings: { sin: ([a]) => mul(3, a!) } })(x).toArray()).toEqual([9, 15, 24]);
});
