import { matmul, mul, type Tensor, trace, zeros } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { transposedProducts } from "../../src/passes/transposed-products.ts";
import { beforeAndAfter } from "../support/golden.ts";

const [a, b, x] = [zeros([4, 2]), zeros([2, 3]), zeros([3, 4])];
const names = (f: (...args: Tensor[]) => unknown, ...args: Tensor[]): string[] =>
  transposedProducts(trace(f)(...args)).equations.map(({ primitive }) => primitive.name);

test("a product that elementwise code reads transposed is computed transposed", () => {
  const f = (a: Tensor, b: Tensor, x: Tensor) => mul(x, matmul(a, b).permute());
  expect(beforeAndAfter(trace(f)(a, b, x), transposedProducts)).toMatchInlineSnapshot(`
    "{ a:f64[4,2], b:f64[2,3], x:f64[3,4] .
      let c:f64[4,3] = matmul a b
          d:f64[3,4] = permute[axes=[1,0]] c
          e:f64[3,4] = mul x d
      in e }
    →
    { a:f64[4,2], b:f64[2,3], x:f64[3,4] .
      let c:f64[4,3] = matmul a b
          d:f64[3,2] = permute[axes=[1,0]] b
          e:f64[2,4] = permute[axes=[1,0]] a
          f:f64[3,4] = matmul d e
          g:f64[3,4] = mul x f
      in g }"
  `);
});

test("members of a batch too, but not across the batch", () => {
  const sizes = [zeros([5, 4, 2]), zeros([5, 2, 3])];
  const f = (axes: number[]) => (a: Tensor, b: Tensor, x: Tensor) =>
    mul(x, matmul(a, b).permute(axes));
  // The product as it was is left to dead code.
  expect(names(f([0, 2, 1]), ...sizes, zeros([5, 3, 4]))).toEqual([
    "matmul",
    "permute",
    "permute",
    "matmul",
    "mul",
  ]);
  expect(names(f([2, 1, 0]), ...sizes, zeros([3, 4, 5]))).toEqual(["matmul", "permute", "mul"]);
});

test.each<[string, (a: Tensor, b: Tensor, x: Tensor) => unknown]>([
  [
    "something reads it as it is",
    (a, b, x) => {
      const p = matmul(a, b);
      return [mul(x, p.permute()), mul(p, 2)];
    },
  ],
  [
    "it is a result",
    (a, b, x) => {
      const p = matmul(a, b);
      return [mul(x, p.permute()), p];
    },
  ],
  [
    "only another product reads it, through strides",
    (a, b, x) => matmul(matmul(a, b).permute(), x.permute()),
  ],
])("not when %s", (_, f) => {
  const graph = trace(f)(a, b, x);
  expect(transposedProducts(graph).equations).toEqual(graph.equations);
});
