import {
  checkpoint,
  gather,
  logSoftmax,
  matmul,
  prod,
  random,
  softmax,
  sort,
  sum,
  type Tensor,
  tensor,
  vmap,
} from "@cotangent/autodiff";
import { checkGrads, explain, type Options } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing } from "./reading.ts";

function expectPass(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  options: Options = {},
): void {
  expect(explain(checkGrads(f as never, args as never, options), { color: false })).toMatch(
    /^PASS/,
  );
}
const x = random.normal(random.key(0), [3, 2]);

describe("functions of the engine pass", () => {
  test("trees in, trees out", () =>
    expectPass(
      ({ a, b }: { a: Tensor; b: Tensor[] }, c: number) => ({
        y: a.mul(b[0]!).mul(c),
        z: [b[1]!.sin()],
      }),
      [{ a: x, b: [tensor([1, 2]), tensor(3)] }, 0.5],
    ));
  test("integer and boolean arguments, which stay fixed", () =>
    expectPass(
      (rows: Tensor, index: Tensor, flag: boolean) => gather(flag ? rows : rows.mul(2), index),
      [x, tensor([0, 2, 2, 1], { dtype: "i32" }), true],
    ));
  test("integers among the results", () => expectPass((a: Tensor) => [a.argmax(), a.sin()], [x]));
  test("f32 arguments, in f64 and in f32", () =>
    expectPass((a: Tensor) => a.tanh().sum(), [tensor([0.3, -2], { dtype: "f32" })]));
  test("a cast to f32 inside, which differences would drown in", () =>
    expectPass((a: Tensor) => a.astype("f32").sin().astype("f64").mul(a), [x]));
  test("typed arrays", () => expectPass((a: Tensor) => a.exp(), [Float64Array.of(1, 2)]));
  test("empty arrays", () => expectPass((a: Tensor) => sum(a), [tensor([], { shape: [0, 3] })]));
  test("a zero factor", () =>
    expectPass((a: Tensor) => prod(a), [tensor([2, 0, 3])], { order: 3 }));
  test("distinct values sorted", () => expectPass((a: Tensor) => sort(a), [tensor([3, 1, 2])]));
  test("batched, checkpointed and nested functions", () =>
    expectPass(
      (a: Tensor, b: Tensor) => vmap(checkpoint((r: Tensor) => softmax(matmul(r, b))))(a),
      [x, x.permute([1, 0])],
    ));
  test("values far from one", () =>
    expectPass((a: Tensor) => logSoftmax(a), [tensor([-1000, 0, 1e-8, 1000])]));
  test("small and large arguments side by side", () =>
    expectPass((a: Tensor) => a.square().add(1).log(), [tensor([1e-12, 1e-3, 1, 1e6])]));
});

test("a function that writes into its argument fails", () => {
  const writes = (a: Tensor) => {
    const y = a.mul(2);
    if (a.interpreter === null) a.data[0] = 7;
    return y;
  };
  const report = checkGrads(writes, [tensor([1, 2])]);
  expect(failing(report)).toEqual(["structure"]);
});

test("the argument itself is never written to", () => {
  const own = Float64Array.of(1, 2);
  checkGrads((a: Tensor) => a.sin(), [own]);
  expect([...own]).toEqual([1, 2]);
});
