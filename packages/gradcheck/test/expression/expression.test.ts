// Formulas become functions of the engine, and strangers' formulas can do nothing else.
import { grad, type Tensor, tensor, vmap } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { fromExpression } from "../../src/expression.ts";

describe("x^2 * sin(y)", () => {
  const { f, gradient, variables, derivatives } = fromExpression("x^2 * sin(y)");

  test("is a function of the engine of its variables in order", () => {
    expect(variables).toEqual(["x", "y"]);
    expect(f(3, 0.5).item()).toBe(9 * Math.sin(0.5));
    expect(f(tensor([1, 2]), 0.5).toArray()).toEqual([Math.sin(0.5), 4 * Math.sin(0.5)]);
  });

  test("has its symbolic gradient beside it, which is the engine's", () => {
    expect(derivatives).toEqual(["sin(y) * 2 * x", "x ^ 2 * cos(y)"]);
    const [dx, dy] = gradient(3, 0.5).map((slope) => slope.item());
    expect(dx).toBeCloseTo(grad((x: Tensor) => f(x, 0.5))(3).item(), 14);
    expect(dy).toBeCloseTo(grad((y: Tensor) => f(3, y))(0.5).item(), 14);
  });

  test("can be mapped and differentiated again", () => {
    const second = vmap(grad((x: Tensor) => gradient(x, 0.5)[0]!))(tensor([1, 5]));
    expect(second.toArray()).toEqual([2 * Math.sin(0.5), 2 * Math.sin(0.5)]);
  });
});

test.each([
  ["log1p(x) + expm1(y) + log2(x) + erf(x) + atan2(x, y)", 2],
  ["min(x, y, z) + max(x, 0) + sum(x, y, 2 z) - abs(-x)", 3],
  ["sqrt(pi) * e^-x / (1 + tau)", 1],
  ["2 x y % 3", 2],
  ["sec(x) csc(x) cot(x) sech(x) csch(x) coth(x)", 1],
])("%s agrees with the engine's own gradient", (text, count) => {
  const { f, gradient, variables } = fromExpression(text);
  expect(variables.length).toBe(count);
  const point = [0.7, 1.3, 2.1].slice(0, count);
  gradient(...point).forEach((slope, i) => {
    const own = grad((x: Tensor) => f(...point.with(i, x as never)))(point[i]!);
    expect(slope.item()).toBeCloseTo(own.item(), 12);
  });
});

test("a constant formula is a function of nothing", () => {
  const { f, gradient, variables } = fromExpression("2 + 3");
  expect([f().item(), gradient(), variables]).toEqual([5, [], []]);
});

test("the wrong number of arguments is named", () => {
  expect(() => fromExpression("x*y").f(1)).toThrow(/got 1 argument.*expected 2: \(x, y\)/);
});

describe("what is not a formula is refused by name", () => {
  test.each([
    ["x = 3", /Assignment syntax/],
    ["f(x) = x^2", /FunctionAssignment syntax/],
    ["x; y", /Block syntax/],
    ['import("fs")', /got import/],
    ['eval("1")', /got eval/],
    ["evaluate(x)", /got evaluate/],
    ["parse(x)", /got parse/],
    ["constructor(x)", /got constructor/],
    ["toString()", /got toString/],
    ["__proto__(x)", /got __proto__/],
    ["x.constructor", /Accessor syntax/],
    ["x.sin(2)", /got sin/],
    ['cos["constructor"]("return 1")', /got /],
    ['"text"', /constant "text"/],
    ["[1, 2]", /Array syntax/],
    ["{a: 1}", /Object syntax/],
    ["1:3", /Range syntax/],
    ["x > 0", /got larger/],
    ["x > 0 ? 1 : 2", /Conditional syntax/],
    ["x!", /got factorial/],
    ["x'", /got ctranspose/],
    ["true", /constant true/],
    ["Infinity * x", /constant Infinity/],
    ["1e999", /constant Infinity/],
    ["random()", /got random/],
    ["atan2(x)", /1 argument\(s\) of atan2; expected|1 argument\(s\) of atan2 in/],
    ["sin(x, y)", /2 argument\(s\) of sin/],
    ["x +", /Unexpected end/],
    ["", /no formula/],
    ["x".repeat(1001), /1001 characters/],
    [`${"(".repeat(400)}x${")".repeat(400)}`, /more than 100 levels|too deep/],
    [`${"-".repeat(900)}x`, /more than 100 levels|too deep/],
    ["x+1*".repeat(90).slice(0, -1), /parts/],
    ["2^".repeat(450).concat("x"), /more than 100 levels|too deep/],
  ])("%s", (text, message) => {
    expect(() => fromExpression(text)).toThrow(message);
    expect(() => fromExpression(text)).toThrow(/^fromExpression: /);
  });
});

test("the longest formula that is taken is differentiated at once", () => {
  const started = performance.now();
  fromExpression(Array.from({ length: 30 }, (_, i) => `sin(x)^${i + 2}`).join("*"));
  expect(performance.now() - started).toBeLessThan(5_000);
});
