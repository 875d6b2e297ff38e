import {
  debug,
  div,
  evaluate,
  grad,
  log,
  mul,
  sqrt,
  sub,
  sum,
  type Tensor,
  tensor,
  trace,
  vmap,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";

const nan = /^(log|sqrt|sub|div|mul): made a NaN from inputs without one/;

describe("debug({ nans: true }) names the first equation that makes a NaN", () => {
  test.each([
    ["log", () => log(-1)],
    ["sqrt", () => sqrt(tensor([4, -4]))],
    ["sub", () => sub(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)],
    ["div", () => div(0, 0)],
  ] as const)("%s", (name, run) => {
    expect(run().data.some(Number.isNaN)).toBe(true);
    expect(() => debug({ nans: true }, run)).toThrow(new RegExp(`^${name}: made a NaN`));
  });

  test("in a derivative whose value is finite", () => {
    const f = (x: Tensor) => sum(mul(sqrt(x), 0));
    expect(f(tensor([0])).item()).toBe(0);
    expect(() => debug({ nans: true }, () => grad(f)(tensor([0])))).toThrow(nan);
  });

  test("but not a NaN that was given", () => {
    const given = tensor([Number.NaN, 1]);
    expect(debug({ nans: true }, () => mul(given, 2)).data[1]).toBe(2);
  });

  test("and is over when it returns or throws", () => {
    expect(() => debug({ nans: true }, () => log(-1))).toThrow(nan);
    expect(log(-1).item()).toBeNaN();
  });

  test("shows the inputs", () => {
    expect(() => debug({ nans: true }, () => div(0, tensor([0])))).toThrow(
      /f64\[\].*0.*f64\[1\].*\[0\]/,
    );
  });
});

describe("debug({ sources: true }) records the line of the user's code", () => {
  const f = (x: Tensor) => log(x.mul(2));

  test("with each traced equation", () => {
    const graph = debug({ sources: true }, () => trace(f)(tensor(1)));
    for (const { source } of graph.equations) expect(source).toMatch(/debug\.test\.ts:\d+/);
  });

  test("and an error while evaluating names it", () => {
    const graph = debug({ sources: true }, () => trace(f)(tensor(1)));
    expect(() => debug({ nans: true }, () => evaluate(graph, [-1]))).toThrow(
      /^log: made a NaN.*\(traced at .*debug\.test\.ts:\d+/,
    );
  });

  test("and a NaN of an eager equation names it too", () => {
    expect(() => debug({ nans: true, sources: true }, () => f(tensor(-1)))).toThrow(
      /debug\.test\.ts:\d+/,
    );
  });

  test("also inside of transformations", () => {
    const run = () => vmap((x: Tensor) => grad((at: Tensor) => f(at))(x))(tensor([-1, 1]));
    expect(() => debug({ nans: true, sources: true }, run)).toThrow(/^log: .*debug\.test\.ts:\d+/);
  });

  test("and only on request", () => {
    for (const equation of trace(f)(tensor(1)).equations) expect(equation.source).toBeUndefined();
  });
});
