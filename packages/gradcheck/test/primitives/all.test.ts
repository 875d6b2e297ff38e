// The engine's own rules, all of them, against 64 digits.
import { exp } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import { withRule } from "@cotangent/autodiff/testing";
import { expect, test } from "vitest";
import { checkAll, checkPrimitive } from "../../src/primitives/index.ts";
import { casesOf } from "../../src/primitives/points.ts";

test("every primitive has points, and there are points for nothing else", () => {
  expect(Object.keys(casesOf).sort()).toEqual([...registry.keys()].sort());
});

test("every rule of every primitive is right within 8·u·(Σ|xᵢ ∂ᵢt| + Σ|t|), to order 2, smooth ones to 3", () => {
  const { primitives, worst, checked, seconds } = checkAll();
  console.log(
    `checkAll: ${primitives.length} primitives, ${checked} numbers, worst ${worst.toFixed(2)}·u·(Σ|x ∂t| + Σ|t|), ${seconds.toFixed(1)} s`,
  );
  expect(primitives.flatMap(({ failures }) => failures)).toEqual([]);
  expect(worst).toBeLessThanOrEqual(8);
});

test("one primitive at points of one's own", () => {
  const at = casesOf.sin!().slice(0, 2);
  expect(checkPrimitive("sin", { at })).toMatchObject({ primitive: "sin", status: "pass" });
  expect(checkAll({ only: ["neg"] }).primitives.map(({ primitive }) => primitive)).toEqual(["neg"]);
});

test("an evaluation that is 40 units of rounding off is found", () => {
  const rounding = 1 + 40 * 2 ** -53;
  const report = withRule(
    exp,
    ({ evaluate }) => ({
      evaluate: (...args) =>
        evaluate(...args).map((y) => ({ ...y, data: y.data.map((value) => value * rounding) })),
    }),
    () => checkPrimitive("exp", { at: casesOf.exp!().slice(0, 5), failFast: true }),
  );
  expect(report.failures[0]).toMatchObject({ rule: "evaluation", order: 0 });
});
