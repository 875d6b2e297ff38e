// Rules that throw: a report says so, and checkGrads does not.
import {
  customJvp,
  customVjp,
  exp,
  mul,
  type PrimitiveFunction,
  primitive,
  sin,
  sum,
  type Tensor,
  tensor,
} from "@cotangent/autodiff";
import { checkGrads } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import { failing } from "./reading.ts";

const x = tensor([0.3, -1.2]);
const boom = (): never => {
  throw new Error("boom");
};
const first = (report: ReturnType<typeof checkGrads>) =>
  report.rungs.flatMap(({ failures }) => failures)[0]?.what;

describe("a rule given to customJvp or customVjp", () => {
  const rest = (a: Tensor) => [exp(a), exp(a)] as const;
  test.each<[string, (a: Tensor) => Tensor, string]>([
    ["a backward function that throws", customVjp((a: Tensor) => exp(a), rest, boom), "boom"],
    ["a forward function that throws", customVjp((a: Tensor) => exp(a), boom, boom), "boom"],
    ["a jvp that throws", customJvp((a: Tensor) => exp(a), boom), "boom"],
    [
      "a tangent of another shape",
      customJvp(
        (a: Tensor) => exp(a),
        ([a], [aDot]) => [exp(a!), sum(aDot!)],
      ),
      "customJvp: the rule's tangent 0 is f64[], expected f64[2]",
    ],
    [
      "a result of backward that has another shape",
      customVjp(
        (a: Tensor) => exp(a),
        rest,
        (_y, yBar) => [sum(yBar)],
      ),
      "customVjp: backward's cotangent 0 is f64[], expected f64[2]",
    ],
  ])("%s", (what, f, message) => {
    const name = /jvp|tangent/.test(what) ? "customJvp" : "customVjp";
    const report = checkGrads((a: Tensor) => sum(sin(f(a))), [x]);
    expect(failing(report)).toEqual(["structure"]);
    expect(first(report)).toBe(`the rule that was given to ${name} throws: ${message}`);
    const one = checkGrads((a: Tensor) => sum(f(a)), [x], { rungs: ["numeric"] });
    expect(failing(one)).toEqual(["numeric"]);
  });

  test("what the function throws itself is still thrown on", () => {
    const f = customJvp(boom as (a: Tensor) => Tensor, ([a], [aDot]) => [a!, aDot!]);
    expect(() => checkGrads((a: Tensor) => f(a), [x])).toThrow(/^boom$/);
  });
});

describe("a rule of a primitive of one's own is named", () => {
  const double = (rules: object): PrimitiveFunction<object> => {
    const made: PrimitiveFunction<object> = primitive({
      name: "double",
      shape: ([a]) => a!,
      evaluate: ([a], out) => ({ ...out, data: a!.data.map((ai) => 2 * ai) }),
      jvp: ([aDot]) => made([aDot!], {}),
      transpose: (yBar) => [mul(yBar, 2)],
      batch: (a) => made(a, {}),
      ...rules,
    });
    return made;
  };
  test.each<[string, object, string, RegExp]>([
    ["jvp", { jvp: boom }, "structure", /^jvp throws: boom$/],
    ["transpose", { transpose: boom }, "structure", /^vjp throws: boom$/],
    ["batch", { batch: boom }, "nesting", /^vmap of f against a loop of 3, axes 0 throws: boom$/],
  ])("%s", (rule, rules, rung, message) => {
    const f = double(rules);
    const report = checkGrads((a: Tensor) => sum(f([a], {})), [x]);
    expect(failing(report)).toEqual([rung]);
    expect(first(report)).toMatch(message);
    expect(report.blame).toMatchObject({ primitive: "double", rule });
  });
});
