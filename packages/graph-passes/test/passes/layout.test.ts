import {
  arange,
  astype,
  concat,
  evaluate,
  stopGradient,
  type Tensor,
  tensor,
  trace,
  zeros,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { layout } from "../../src/passes/layout.ts";
import { beforeAndAfter } from "../support/golden.ts";

const x = tensor([1, 2]);

test("moves of moves become one, and moves that change nothing vanish", () => {
  const f = (x: Tensor) =>
    stopGradient(x.permute()).permute().reshape([3, 2]).reshape([6]).slice([1], [5]).slice([1]);
  expect(beforeAndAfter(trace(f)(zeros([2, 3])), layout)).toMatchInlineSnapshot(`
    "{ x:f64[2,3] .
      let a:f64[3,2] = permute[axes=[1,0]] x
          b:f64[3,2] = stopGradient a
          c:f64[2,3] = permute[axes=[1,0]] b
          d:f64[3,2] = reshape[shape=[3,2]] c
          e:f64[6] = reshape[shape=[6]] d
          f:f64[4] = slice[start=[1] step=[1] shape=[4]] e
          g:f64[3] = slice[start=[1] step=[1] shape=[3]] f
      in g }
    →
    { x:f64[2,3] .
      let a:f64[3,2] = permute[axes=[1,0]] x
          b:f64[3,2] = reshape[shape=[3,2]] x
          c:f64[6] = reshape[shape=[6]] x
          d:f64[4] = slice[start=[1] step=[1] shape=[4]] c
          e:f64[3] = slice[start=[2] step=[1] shape=[3]] c
      in e }"
  `);
});

test("slices of slices add their starts in steps of the first, and multiply their steps", () => {
  const f = (x: Tensor) => x.slice([1], [10], [2]).slice([1], [5], [3]).flip();
  const graph = trace(f)(zeros([10]));
  expect(beforeAndAfter(graph, layout)).toMatchInlineSnapshot(`
    "{ x:f64[10] .
      let a:f64[5] = slice[start=[1] step=[2] shape=[5]] x
          b:f64[2] = slice[start=[1] step=[3] shape=[2]] a
          c:f64[2] = slice[start=[1] step=[-1] shape=[2]] b
      in c }
    →
    { x:f64[10] .
      let a:f64[5] = slice[start=[1] step=[2] shape=[5]] x
          b:f64[2] = slice[start=[3] step=[6] shape=[2]] x
          c:f64[2] = slice[start=[9] step=[-6] shape=[2]] x
      in c }"
  `);
  const x = arange(10);
  expect(evaluate(layout(graph), [x])).toEqual(f(x));
});

test("a slice of one part of a concat is a slice of the part", () => {
  const f = (x: Tensor, y: Tensor) => [
    concat([concat([x, y]), x]).slice([2], [4]),
    concat([x, y]).slice([1], [3]),
  ];
  expect(beforeAndAfter(trace(f)(x, x), layout)).toMatchInlineSnapshot(`
    "{ x:f64[2], y:f64[2] .
      let a:f64[4] = concat[axis=0] x y
          b:f64[6] = concat[axis=0] a x
          c:f64[2] = slice[start=[2] step=[1] shape=[2]] b
          d:f64[4] = concat[axis=0] x y
          e:f64[2] = slice[start=[1] step=[1] shape=[2]] d
      in (c, e) }
    →
    { x:f64[2], y:f64[2] .
      let a:f64[4] = concat[axis=0] x y
          b:f64[6] = concat[axis=0] x y x
          c:f64[4] = concat[axis=0] x y
          d:f64[2] = slice[start=[1] step=[1] shape=[2]] c
      in (y, d) }"
  `);
});

test("a fold over axes of length 1 is a reshape; a sum makes −0 positive", () => {
  const f = (x: Tensor) => [x.reshape([1, 2]).sum(0), x.reshape([2, 1]).max(1)];
  expect(beforeAndAfter(trace(f)(x), layout)).toMatchInlineSnapshot(`
    "{ x:f64[2] .
      let a:f64[1,2] = reshape[shape=[1,2]] x
          b:f64[2] = sum[axes=[0]] a
          c:f64[2,1] = reshape[shape=[2,1]] x
          d:f64[2] = max[axes=[1]] c
      in (b, d) }
    →
    { x:f64[2] .
      let a:f64[1,2] = reshape[shape=[1,2]] x
          b:f64[2] = add x 0
          c:f64[2,1] = reshape[shape=[2,1]] x
      in (b, x) }"
  `);
});

test("conversions there and back vanish where nothing is lost", () => {
  const f = (x: Tensor) => [astype(astype(x, "f64"), "f32"), astype(astype(x, "i32"), "f32")];
  expect(beforeAndAfter(trace(f)(astype(x, "f32")), layout)).toMatchInlineSnapshot(`
    "{ x:f32[2] .
      let a:f64[2] = astype[dtype=f64] x
          b:f32[2] = astype[dtype=f32] a
          c:i32[2] = astype[dtype=i32] x
          d:f32[2] = astype[dtype=f32] c
      in (b, d) }
    →
    { x:f32[2] .
      let a:f64[2] = astype[dtype=f64] x
          b:i32[2] = astype[dtype=i32] x
          c:f32[2] = astype[dtype=f32] b
      in (x, c) }"
  `);
});
