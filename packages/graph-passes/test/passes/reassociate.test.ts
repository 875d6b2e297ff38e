import { type Tensor, trace, zeros } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { reassociate } from "../../src/passes/reassociate.ts";
import { beforeAndAfter } from "../support/golden.ts";

test("sums of sums are one sum, scales move out of them, squares are products", () => {
  const f = (x: Tensor) => [
    x.sum(1).sum(0),
    x.mul(0.5).sum(1),
    x.mul(-0.5).sum(1),
    x.pow(2),
    x.pow(3),
  ];
  expect(beforeAndAfter(trace(f)(zeros([2, 3])), reassociate)).toMatchInlineSnapshot(`
    "{ x:f64[2,3] .
      let a:f64[2] = sum[axes=[1]] x
          b:f64[] = sum[axes=[0]] a
          c:f64[2,3] = mul x 0.5
          d:f64[2] = sum[axes=[1]] c
          e:f64[2,3] = mul x -0.5
          f:f64[2] = sum[axes=[1]] e
          g:f64[2,3] = pow x 2
          h:f64[2,3] = pow x 3
      in (b, d, f, g, h) }
    →
    { x:f64[2,3] .
      let a:f64[2] = sum[axes=[1]] x
          b:f64[] = sum[axes=[0,1]] x
          c:f64[2,3] = mul x 0.5
          d:f64[2] = sum[axes=[1]] x
          e:f64[2] = mul d 0.5
          f:f64[2,3] = mul x -0.5
          g:f64[2] = sum[axes=[1]] f
          h:f64[2,3] = mul x x
          i:f64[2,3] = pow x 3
      in (b, e, g, h, i) }"
  `);
});

test("two factors become one if one of them is a power of two", () => {
  const f = (x: Tensor) => [x.mul(0.1).mul(4), x.mul(0.1).mul(0.3)];
  expect(beforeAndAfter(trace(f)(zeros([2])), reassociate)).toMatchInlineSnapshot(`
    "{ x:f64[2] .
      let a:f64[2] = mul x 0.1
          b:f64[2] = mul a 4
          c:f64[2] = mul x 0.1
          d:f64[2] = mul c 0.3
      in (b, d) }
    →
    { x:f64[2] .
      let a:f64[2] = mul x 0.1
          b:f64[2] = mul x 0.4
          c:f64[2] = mul x 0.1
          d:f64[2] = mul c 0.3
      in (b, d) }"
  `);
});

test("summing along a broadcast axis multiplies by its length", () => {
  const f = (x: Tensor) => x.expandDims(0).broadcastTo([4, 2, 3]).sum([0, 2]);
  expect(beforeAndAfter(trace(f)(zeros([2, 3])), reassociate)).toMatchInlineSnapshot(`
    "{ x:f64[2,3] .
      let a:f64[1,2,3] = reshape[shape=[1,2,3]] x
          b:f64[4,2,3] = broadcastTo[shape=[4,2,3]] a
          c:f64[2] = sum[axes=[0,2]] b
      in c }
    →
    { x:f64[2,3] .
      let a:f64[1,2,3] = reshape[shape=[1,2,3]] x
          b:f64[4,2,3] = broadcastTo[shape=[4,2,3]] a
          c:f64[1,2,3] = broadcastTo[shape=[1,2,3]] a
          d:f64[2] = sum[axes=[0,2]] c
          e:f64[2] = mul d 4
      in e }"
  `);
});
