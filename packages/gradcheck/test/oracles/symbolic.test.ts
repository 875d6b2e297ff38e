// The symbolic oracle against BigNumber differences, which share nothing with it but arithmetic.
import { type Tensor, tensor, trace, where } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { interpret, meanings } from "../../src/oracles/algebra.ts";
import { exact } from "../../src/oracles/big.ts";
import { bigAlgebra, expressionsOf, symbolicJacobian } from "../../src/oracles/expression-of.ts";
import { derivativeOf, parse, variablesOf } from "../../src/oracles/symbolic.ts";
import { bigJacobian } from "./jacobian.ts";

const point = new Map(
  [
    ["x", 0.37],
    ["y", 0.81],
    ["z", 0.1],
  ].map(([k, v]) => [k, exact(v as number)] as const) as [string, ReturnType<typeof exact>][],
);
const at = (node: ReturnType<typeof parse>) => interpret(node, bigAlgebra, point);

/** The mixed derivative of an expression along its variables, by differences of its values. */
function slopeOf(text: string, name: string) {
  const node = parse(text);
  const h = exact(0.5).pow(70);
  const moved = (sign: number) =>
    interpret(node, bigAlgebra, new Map(point).set(name, point.get(name)!.plus(h.times(sign))));
  return moved(1).minus(moved(-1)).div(h.times(2));
}

const unaries = [...meanings].filter(([, [least]]) => least === 1).map(([name]) => name);
const isFunction = (name: string) => !["unaryMinus", "unaryPlus"].includes(name);

describe("the derivative of", () => {
  const nested = [
    "log1p(x)*erf(y)",
    "sin(erf(x^2*y))",
    "atan2(log2(x), expm1(y))",
    "max(x, y, z)*min(x*y, z, y)",
  ];
  const more = [
    "sum(x, x*y, y^2)",
    "x^y",
    "mod(7*x, y)",
    "(x + 2*y)^3 / sqrt(x)",
    "abs(x-y)*log(x)^2",
    "cube(erfc(x))",
  ];
  test.each([...unaries.filter(isFunction).map((name) => `${name}(x*y)`), ...nested, ...more])(
    "%s is what its values say, to 35 digits",
    (text) => {
      const node = parse(text);
      for (const name of variablesOf(node)) {
        const [got, want] = [at(derivativeOf(node, name)), slopeOf(text, name)];
        expect(got.minus(want).abs().toNumber(), `by ${name}`).toBeLessThan(1e-35);
      }
    },
  );

  test("a derivative is the second derivative", () => {
    for (const text of ["erf(x)*tanh(y)", "softplus(x*y)", "log1p(x)^2", "atan2(x, y)"]) {
      const first = derivativeOf(parse(text), "x");
      const want = slopeOf(first.toString(), "y");
      expect(at(derivativeOf(first, "y")).minus(want).abs().toNumber()).toBeLessThan(1e-35);
    }
  });

  test("a tie is shared evenly, and |x| has the slope 0 at 0", () => {
    const tie = new Map([
      ["x", exact(0)],
      ["y", exact(0)],
    ] as const) as Map<string, ReturnType<typeof exact>>;
    const slope = (text: string) =>
      interpret(derivativeOf(parse(text), "x"), bigAlgebra, tie).toNumber();
    expect(["max(x, y)", "min(x, y)", "abs(x)"].map(slope)).toEqual([0.5, 0.5, 0]);
  });

  test("leaves no factors 1 and no zeros behind", () => {
    expect(String(derivativeOf(parse("x^2 * sin(y)"), "x"))).toBe("sin(y) * 2 * x");
    expect(String(derivativeOf(parse("x + 3"), "x"))).toBe("1");
    expect(String(derivativeOf(parse("y"), "x"))).toBe("0");
  });
});

describe("a traced graph of scalars", () => {
  const f = (x: Tensor, y: Tensor) => [
    x.mul(y).tanh().add(y.maximum(x).erf()),
    x.square().sum().div(y.exp()),
  ];
  const graph = trace(f)(tensor(0.3), tensor([-1.2]));

  test("becomes one expression an output", () => {
    expect(expressionsOf(graph)!.map(String)).toEqual([
      "tanh(x0 * x1) + erf(max(x1, x0))",
      "x0 * x0 / exp(x1)",
    ]);
  });

  test("has the Jacobian of BigNumber differences", () => {
    const [got, want] = [symbolicJacobian(graph)!([0.3, -1.2]), bigJacobian(graph, [0.3, -1.2])];
    want.flat().forEach((entry, i) => {
      expect(got.flat()[i]!.minus(entry).abs().toNumber()).toBeLessThan(1e-36);
    });
  });

  test("is not covered when it holds arrays, comparisons or what has no formula", () => {
    const graphs = [
      trace((x: Tensor) => x.sin())(tensor([1, 2])),
      trace((x: Tensor) => where(x.greater(0), x, x.neg()))(tensor(1)),
      trace((x: Tensor) => x.stopGradient().mul(x))(tensor(1)),
    ];
    expect(graphs.map(symbolicJacobian)).toEqual([null, null, null]);
  });

  test("whose expression would grow beyond bounds is not covered, and says so quickly", () => {
    const doubling = trace((x: Tensor) => {
      let y = x;
      for (let i = 0; i < 60; i++) y = y.mul(y);
      return y;
    })(tensor(1));
    expect(symbolicJacobian(doubling)).toBe(null);
  });
});
