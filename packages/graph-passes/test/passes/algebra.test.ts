import {
  abs,
  add,
  evaluate,
  exp,
  type Graph,
  matmul,
  maximum,
  mul,
  neg,
  sin,
  sum,
  type Tensor,
  tanh,
  tensor,
  trace,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { expectSameBits } from "../../../autodiff/test/support/close.ts";
import { algebra } from "../../src/passes/algebra.ts";
import { beforeAndAfter } from "../support/golden.ts";

const x = tensor([1, 2]);

test("neutral elements and signs vanish, and division by a power of two is a product", () => {
  const f = (x: Tensor, y: Tensor) => [
    x.mul(1).add(neg(y)).div(4),
    neg(neg(x)),
    x.sub(neg(y)),
    neg(x).mul(neg(y)),
  ];
  expect(beforeAndAfter(trace(f)(x, x), algebra)).toMatchInlineSnapshot(`
    "{ x:f64[2], y:f64[2] .
      let a:f64[2] = mul x 1
          b:f64[2] = neg y
          c:f64[2] = add a b
          d:f64[2] = div c 4
          e:f64[2] = neg x
          f:f64[2] = neg e
          g:f64[2] = neg y
          h:f64[2] = sub x g
          i:f64[2] = neg x
          j:f64[2] = neg y
          k:f64[2] = mul i j
      in (d, f, h, k) }
    →
    { x:f64[2], y:f64[2] .
      let a:f64[2] = neg y
          b:f64[2] = sub x y
          c:f64[2] = mul b 0.25
          d:f64[2] = neg x
          e:f64[2] = neg y
          f:f64[2] = add x y
          g:f64[2] = neg x
          h:f64[2] = neg y
          i:f64[2] = mul x y
      in (c, x, f, i) }"
  `);
});

test("zero is added where −0 could turn into 0, and multiplied always", () => {
  const f = (x: Tensor) => [x.add(0), exp(x).add(0), x.add(-0), x.sub(0), x.mul(0)];
  expect(beforeAndAfter(trace(f)(x), algebra)).toMatchInlineSnapshot(`
    "{ x:f64[2] .
      let a:f64[2] = add x 0
          b:f64[2] = exp x
          c:f64[2] = add b 0
          d:f64[2] = add x 0
          e:f64[2] = sub x 0
          f:f64[2] = mul x 0
      in (a, c, d, e, f) }
    →
    { x:f64[2] .
      let a:f64[2] = add x 0
          b:f64[2] = exp x
          c:f64[2] = mul x 0
      in (a, b, x, x, c) }"
  `);
});

test("factors take signs; operands that commute come in one order", () => {
  const f = (x: Tensor, y: Tensor) => [
    neg(mul(3, x)),
    mul(-1, x),
    mul(neg(x), 2),
    mul(y, x),
    maximum(y, x),
    x.add(x),
  ];
  expect(beforeAndAfter(trace(f)(x, x), algebra)).toMatchInlineSnapshot(`
    "{ x:f64[2], y:f64[2] .
      let a:f64[2] = mul 3 x
          b:f64[2] = neg a
          c:f64[2] = mul -1 x
          d:f64[2] = neg x
          e:f64[2] = mul d 2
          f:f64[2] = mul y x
          g:f64[2] = maximum y x
          h:f64[2] = add x x
      in (b, c, e, f, g, h) }
    →
    { x:f64[2], y:f64[2] .
      let a:f64[2] = mul x 3
          b:f64[2] = mul x -3
          c:f64[2] = neg x
          d:f64[2] = neg x
          e:f64[2] = mul x -2
          f:f64[2] = mul x y
          g:f64[2] = maximum x y
          h:f64[2] = mul x 2
      in (b, c, e, f, g, h) }"
  `);
});

test("x/10 is not x·0.1", () => {
  expect(beforeAndAfter(trace((x: Tensor) => x.div(10))(x), algebra)).toMatchInlineSnapshot(`
    "{ x:f64[2] .
      let a:f64[2] = div x 10
      in a }
    →
    { x:f64[2] .
      let a:f64[2] = div x 10
      in a }"
  `);
});

describe("0 is added exactly where the other term can be −0", () => {
  type Term = (x: Tensor, y: Tensor) => Tensor;
  const inputs = [tensor([-0, -0, 0, 0, -1, 2]), tensor([-0, 0, -0, 0, -0, -0])] as const;
  const additions = ({ equations }: Graph) =>
    equations.filter(({ primitive }) => primitive.name === "add").length;
  /** How many additions are left of `term + 0`, beyond those of the term itself. */
  const left = (term: Term): number => {
    const graph = trace((x: Tensor, y: Tensor) => add(term(x, y), 0))(...inputs);
    const after = algebra(graph);
    expectSameBits(evaluate(after, inputs) as Tensor, evaluate(graph, inputs) as Tensor, "+ 0");
    return additions(after) - additions(algebra(trace(term)(...inputs)));
  };

  test.each<[string, Term]>([
    ["an argument", (x) => x],
    ["a product", (x, y) => mul(x, y)],
    ["a product with a constant", (x) => mul(x, 3)],
    ["an odd function", (x) => tanh(x)],
    ["another", (x) => sin(x)],
    ["a maximum", (x, y) => maximum(x, y)],
    ["a sum of two that can", (x, y) => add(x, y)],
    ["one that was moved", (x) => x.reshape([2, 3]).permute()],
    ["a part", (x) => x.slice([1], [4])],
    ["a copy", (x) => x.reshape([1, 6]).broadcastTo([2, 6])],
  ])("%s can", (_, term) => expect(left(term)).toBe(1));

  test.each<[string, Term]>([
    ["a value of exp", (x) => exp(x)],
    ["a modulus", (x) => abs(x)],
    ["a square", (x) => mul(x, x)],
    ["a sum over axes, which starts from 0", (x) => sum(x, 0)],
    ["a matrix product, which does too", (x, y) => matmul(x, y)],
    ["a sum of which one term cannot", (x, y) => add(x, exp(y))],
    ["one that was moved", (x) => exp(x).reshape([2, 3]).permute()],
  ])("%s cannot", (_, term) => expect(left(term)).toBe(0));

  test("nor can a constant that is not", () => {
    const sumOf = (c: number): Graph => {
      const graph = trace((x: Tensor) => add(x, 0))(inputs[0]);
      const [equation] = graph.equations;
      const constants = [tensor([c, c, c, c, c, c]), equation!.inputs[1]!];
      return { ...graph, equations: [{ ...equation!, inputs: constants }] };
    };
    expect(additions(algebra(sumOf(-0)))).toBe(1);
    expect(additions(algebra(sumOf(3)))).toBe(0);
  });
});
