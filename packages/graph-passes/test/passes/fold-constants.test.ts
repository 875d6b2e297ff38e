import {
  checkpoint,
  full,
  mul,
  sqrt,
  type Tensor,
  tensor,
  trace,
  zeros,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { foldConstants } from "../../src/passes/fold-constants.ts";
import { inlineCalls } from "../../src/passes/inline-calls.ts";
import { beforeAndAfter } from "../support/golden.ts";

test("equations of constants are evaluated, and arrays of equal elements become scalars", () => {
  const inner = checkpoint((x: Tensor, y: Tensor) => mul(x, sqrt(y)));
  const graph = inlineCalls(
    trace((x: Tensor) => inner(x, tensor(2)).add(full([2], 0.5)))(tensor([1, 2])),
  );
  expect(beforeAndAfter(graph, foldConstants)).toMatchInlineSnapshot(`
    "{ x:f64[2] ; a:f64[2] .
      let b:f64[] = sqrt 2
          c:f64[2] = mul x b
          d:f64[2] = add c a
      in d }
    →
    { x:f64[2] .
      let a:f64[2] = mul x 1.4142135623730951
          b:f64[2] = add a 0.5
      in b }"
  `);
});

test("nothing becomes larger: a broadcast of a constant stays, and so does a constant that gives the shape", () => {
  const inner = checkpoint((x: Tensor, y: Tensor) => mul(x, y.broadcastTo([3, 2])));
  const graph = inlineCalls(
    trace((x: Tensor) => inner(x, tensor([1])).add(zeros([4, 3, 2])))(tensor(1)),
  );
  expect(beforeAndAfter(graph, foldConstants)).toMatchInlineSnapshot(`
    "{ x:f64[] ; a:f64[1], b:f64[4,3,2] .
      let c:f64[1,1] = reshape[shape=[1,1]] a
          d:f64[3,2] = broadcastTo[shape=[3,2]] c
          e:f64[3,2] = mul x d
          f:f64[4,3,2] = add e b
      in f }
    →
    { x:f64[] ; a:f64[1,1], b:f64[4,3,2] .
      let c:f64[3,2] = broadcastTo[shape=[3,2]] a
          d:f64[3,2] = mul x c
          e:f64[4,3,2] = add d b
      in e }"
  `);
});
