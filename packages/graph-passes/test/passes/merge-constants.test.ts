import { type Tensor, tensor, trace } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { mergeConstants } from "../../src/passes/merge-constants.ts";
import { beforeAndAfter } from "../support/golden.ts";

test("equal constants become one; 0 and −0, and other shapes, are not equal", () => {
  const constants = [
    tensor([1, 2]),
    tensor([1, 2]),
    tensor([1, -0]),
    tensor([1, 0]),
    tensor([[1, 2]]),
  ];
  const f = (x: Tensor) => constants.map((c) => x.mul(c));
  expect(beforeAndAfter(trace(f)(tensor([1, 2])), mergeConstants)).toMatchInlineSnapshot(`
    "{ x:f64[2] ; a:f64[2], b:f64[2], c:f64[2], d:f64[2], e:f64[1,2] .
      let f:f64[2] = mul x a
          g:f64[2] = mul x b
          h:f64[2] = mul x c
          i:f64[2] = mul x d
          j:f64[1,2] = mul x e
      in (f, g, h, i, j) }
    →
    { x:f64[2] ; a:f64[2], b:f64[2], c:f64[2], d:f64[1,2] .
      let e:f64[2] = mul x a
          f:f64[2] = mul x a
          g:f64[2] = mul x b
          h:f64[2] = mul x c
          i:f64[1,2] = mul x d
      in (e, f, g, h, i) }"
  `);
});
