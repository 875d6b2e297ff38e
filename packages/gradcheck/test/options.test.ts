import { relu, sin, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { checkGrads, type Options } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { rungOf } from "./reading.ts";

const f = (a: { readonly w: Tensor; readonly weight: Tensor }) =>
  sum(sin(a.w)).add(sum(sin(a.weight)));
const args = [{ w: tensor([1, 2]), weight: tensor([3, 4]) }] as const;

const circular: Record<string, unknown> = {};
circular.self = [circular];
const endless = "a tree holds itself, or is thousands of levels deep; expected lists and objects";

describe("what cannot be asked is refused with what can", () => {
  test.each<[string, object, string]>([
    ["an unknown option", { tol: 1 }, "unknown option tol; expected order, seed, tolerance"],
    ["an order", { order: 4 }, "option order is 4, expected 1, 2 or 3"],
    ["a seed", { seed: -1 }, "option seed is -1, expected a whole number from 0 to 2³² − 1"],
    ["a seed that is no number", { seed: Number.NaN }, "option seed is NaN, expected a whole"],
    ["a seed in words", { seed: "one" }, 'option seed is "one", expected a whole number'],
    ["a big integer", { seed: 1n }, "option seed is 1n, expected a whole number from 0 to"],
    ["a function", { kinks: () => 1 }, "option kinks is a function, expected"],
    ["a circular value", { rungs: circular }, "option rungs is Object, expected a list of"],
    [
      "a tolerance",
      { tolerance: 0 },
      "option tolerance is 0, expected a number above 0 and below 1",
    ],
    ["kinks", { kinks: "ignore" }, 'option kinks is "ignore", expected "report", "fail" or "skip"'],
    ["rungs", { rungs: ["fast"] }, 'option rungs is ["fast"], expected a list of "structure"'],
    ["a path", { only: 3 }, "option only is 3, expected a path such as [0].weight"],
    [
      "a path that is nowhere",
      { only: "[1]" },
      "option only is [1], which no coordinate lies below; the leaves are [0].w, [0].weight",
    ],
    [
      "a count",
      { exhaustive: 0.5 },
      "option exhaustive is 0.5, expected a whole number of at least 1",
    ],
    ["a name", { name: 1 }, "option name is 1, expected a text"],
  ])("%s", (_name, options, message) => {
    expect(() => checkGrads(f, args as never, options as Options)).toThrow(
      `checkGrads: ${message}`,
    );
  });

  test.each<[string, unknown, unknown, string]>([
    [
      "something that is no function",
      3,
      [],
      "expected a function, or { value, gradient } or { value, jvp, vjp }",
    ],
    [
      "arguments that are no list",
      f,
      3,
      "expected the list of arguments, got 3; write [x] for one argument x",
    ],
    ["arguments that are nothing", f, null, "expected the list of arguments, got null; write"],
    ["one typed array", f, Float64Array.of(1), "expected the list of arguments, got Float64Array"],
    ["no arguments", f, [], "the arguments of f have no float leaf"],
    ["arguments that hold themselves", f, [circular], `f: ${endless}`],
    [
      "the same for plain functions",
      { value: Math.sin, gradient: Math.cos },
      [circular],
      `f: ${endless}`,
    ],
    ["a result that holds itself", () => circular, [1], `f: ${endless}`],
    ["a leaf that is a text", f, ["x"], "f: got x at [0], expected tensors, numbers, arrays"],
    [
      "a value without a derivative",
      { value: Math.sin },
      [1],
      "f has a value but no derivative; add gradient, jvp or vjp",
    ],
    [
      "a gradient of several numbers",
      { value: (x: number) => [x, x], gradient: () => 1 },
      [1],
      "f has a gradient but returns 2 numbers; expected one number, or jvp and vjp",
    ],
    [
      "integers alone",
      (x: Tensor) => x,
      [tensor([1], { dtype: "i32" })],
      "the arguments of f have no float leaf",
    ],
    [
      "a result without a float",
      (x: Tensor) => x.greater(0),
      [1],
      "the results of f have no float leaf",
    ],
    [
      "a value that is a promise",
      { value: async () => 1, gradient: () => 1 },
      [1],
      "f: value returned a promise",
    ],
  ])("%s", (_name, given, at, message) => {
    expect(() => checkGrads(given as never, at as never, { name: "f" })).toThrow(
      `checkGrads: ${message}`,
    );
  });
});

test("what the function itself throws at its arguments is thrown on", () => {
  expect(() =>
    checkGrads((a: Tensor, b: Tensor) => a.add(b), [tensor([1, 2]), tensor([1, 2, 3])]),
  ).toThrow(/add: shapes do not broadcast/);
});

test("only: a path and what lies below it, not a longer name", () => {
  const count = (only: string) =>
    rungOf(checkGrads(f, args as never, { only, rungs: ["numeric"] }), "numeric").checked;
  expect([count("[0]"), count("[0].w"), count("[0].weight"), count("[0].weight[1]")]).toEqual([
    8, 4, 4, 2,
  ]);
});

test("rungs: the chosen ones, in the order of the list", () => {
  const report = checkGrads(f, args as never, { rungs: ["numeric", "structure"] });
  expect(report.rungs.map(({ rung }) => rung)).toEqual(["numeric", "structure"]);
});

test("seed: the same one gives the same report, another one other directions", () => {
  const wrong = { value: Math.sin, gradient: (x: number) => 1.01 * Math.cos(x) };
  const report = (seed: number) => JSON.stringify(checkGrads(wrong, [1], { seed }).rungs);
  expect(report(1)).toBe(report(1));
  expect(report(1)).not.toBe(report(2));
});

test("order: 1 leaves out second derivatives, 3 adds third ones", () => {
  const count = (order: 1 | 2 | 3) =>
    rungOf(
      checkGrads((a: Tensor) => sum(sin(a)), [tensor([1, 2])], { order, rungs: ["nesting"] }),
      "nesting",
    ).checked;
  expect(count(1)).toBeLessThan(count(2));
  expect(count(2)).toBeLessThan(count(3));
});

test("tolerance: what passes at 1e-2 fails at 1e-3", () => {
  const wrong = { value: Math.sin, gradient: (x: number) => 1.005 * Math.cos(x) };
  const status = (tolerance: number) =>
    checkGrads(wrong, [1], { tolerance, rungs: ["numeric"] }).status;
  expect([status(1e-2), status(1e-3)]).toEqual(["pass", "fail"]);
});

test("the call that is printed shows the first failure alone", () => {
  const wrong = {
    value: (x: readonly number[]) => x[0]! * x[1]!,
    gradient: (x: readonly number[]) => [x[1]!, 0],
  };
  const report = checkGrads(wrong, [[2, 3]], { seed: 5 });
  expect(report.rerun).toBe('checkGrads(f, args, {"seed":5,"rungs":["numeric"],"only":"[0][1]"})');
  expect(checkGrads((a: Tensor) => relu(a), [1]).rerun).toBe('checkGrads(f, args, {"seed":0})');
});

test.each([
  ["a list of them", ["f32"]],
  ["nothing", null],
  ["a number", 3],
  ["a name that every object has", { toString: 1 }],
])("options that are %s are refused", (_what, options) => {
  expect(() => checkGrads((x: number) => x, [1], options as never)).toThrow(/checkGrads: /);
});
