import {
  checkpoint,
  cos,
  customJvp,
  evaluate,
  exp,
  grad,
  mul,
  sin,
  type Tensor,
  tanh,
  tensor,
  trace,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { optimise } from "../../src/index.ts";
import { inlineCalls, insideCalls } from "../../src/passes/inline-calls.ts";
import { beforeAndAfter } from "../support/golden.ts";

const x = tensor([1, 2]);
const wave = customJvp(
  (x: Tensor) => sin(x),
  ([x], [xDot]) => [sin(x), mul(cos(x), xDot)],
);
const remembered = checkpoint((x: Tensor) => tanh(exp(x)));

test("the forward value of checkpoint and of custom rules is computed in line", () => {
  const graph = trace((x: Tensor) => remembered(wave(x)))(x);
  expect(beforeAndAfter(graph, inlineCalls)).toMatchInlineSnapshot(`
    "{ x:f64[2] .
      let a:f64[2] = call[name=customJvp residuals=1] x
            { a:f64[2] .
              let b:f64[2] = sin a
              in (b) }
          b:f64[2] = call[name=checkpoint residuals=1] a
            { a:f64[2] .
              let b:f64[2] = exp a
                  c:f64[2] = tanh b
              in (c) }
      in b }
    →
    { x:f64[2] .
      let a:f64[2] = sin x
          b:f64[2] = exp a
          c:f64[2] = tanh b
      in c }"
  `);
});

test("the derivative of checkpoint stays a call, since it recomputes on purpose; its inside is optimised", () => {
  const f = (x: Tensor) => grad((u: Tensor) => remembered(u.mul(1)).mul(u).sum())(x);
  const graph = trace(f)(x);
  expect(beforeAndAfter(graph, inlineCalls)).toMatchInlineSnapshot(`
    "{ x:f64[2] ; a:f64[2] .
      let b:f64[2] = mul x 1
          c:f64[2] = call[name=checkpoint residuals=1] b
            { a:f64[2] .
              let b:f64[2] = exp a
                  c:f64[2] = tanh b
              in (c) }
          d:f64[2] = mul c x
          e:f64[] = sum[axes=[0]] d
          f:f64[2] = mul c a
          g:f64[2] = mul a x
          h:f64[2] = call[name=checkpoint residuals=1] b g
          i:f64[2] = mul h 1
          j:f64[2] = add f i
      in j }
    →
    { x:f64[2] ; a:f64[2] .
      let b:f64[2] = mul x 1
          c:f64[2] = exp b
          d:f64[2] = tanh c
          e:f64[2] = mul d x
          f:f64[] = sum[axes=[0]] e
          g:f64[2] = mul d a
          h:f64[2] = mul a x
          i:f64[2] = call[name=checkpoint residuals=1] b h
          j:f64[2] = mul i 1
          k:f64[2] = add g j
      in k }"
  `);
  const runs: string[] = [];
  const once = insideCalls(inlineCalls(graph), (inner) => {
    runs.push(inner.equations.map(({ primitive }) => primitive.name).join(" "));
    return optimise(inner);
  });
  expect(runs).toEqual([]);
  expect(evaluate(once, [x])).toEqual(f(x));
  evaluate(once, [x]);
  expect(runs).toHaveLength(1);
});

test("a graph inlined twice has variables of its own each time", () => {
  const graph = trace((x: Tensor) => wave(wave(x)))(x);
  expect(evaluate(inlineCalls(graph), [x])).toEqual(sin(sin(x)));
});
