/**
 * How somebody uses the gradient checker in a project of their own: scripts/pack-check.mjs compiles and runs
 * it where only the packed engine, the packed checker and Vitest are installed.
 */
import { mul, sin, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { checkGrads, checkPrimitive, explain, fromExpression } from "@cotangent/gradcheck";
import * as matchers from "@cotangent/gradcheck/matchers";
import { expect, test } from "vitest";

expect.extend(matchers);

const energy = (x: Tensor, w: Tensor) => sum(mul(w, sin(x)));
const point = [tensor([0.3, 1.2]), tensor([2, -1])] as const;
const logistic = {
  value: (x: number) => Math.log1p(Math.exp(x)),
  gradient: (x: number) => 1 / (1 + Math.exp(-x)),
};
const wrong = { ...logistic, gradient: (x: number) => 1 / (1 + Math.exp(x)) };

test("the matchers accept what is right and explain what is wrong", () => {
  expect(energy).toHaveCorrectGrads(point);
  expect(logistic).toHaveCorrectGrads([0.7], { order: 1 });
  expect(wrong).not.toHaveCorrectGrads([0.7]);
  expect(() => expect(wrong).toHaveCorrectGrads([0.7])).toThrow(/FAIL f[\s\S]*first wrong +\[0\]/);
  expect((x: Tensor) => mul(x, 3)).toBeAdjointOf((y: Tensor) => mul(y, 3), tensor([1, 2]));
  expect((x: Tensor) => sin(x)).toAgreeAcrossModes([tensor([1, 2])]);
});

test("the matchers have types", () => {
  // @ts-expect-error the arguments are missing
  expect(() => expect(energy).toHaveCorrectGrads()).toThrow(/expected the list of arguments/);
  // @ts-expect-error the highest order is 3
  expect(() => expect(energy).toHaveCorrectGrads(point, { order: 4 })).toThrow(
    /expected 1, 2 or 3/,
  );
});

test("functions, primitives and formulas are checked", () => {
  const report = checkGrads(energy, [...point]);
  expect(explain(report, { color: false })).toMatch(/^PASS energy/);
  expect(checkPrimitive("tanh")).toMatchObject({ primitive: "tanh", status: "pass" });
  const formula = fromExpression("x^2 * sin(y)");
  expect(formula.derivatives).toEqual(["sin(y) * 2 * x", "x ^ 2 * cos(y)"]);
  expect(formula.f).toHaveCorrectGrads([2, 1]);
});
