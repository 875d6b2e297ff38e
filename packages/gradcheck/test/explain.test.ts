import { customJvp, exp, mul, relu, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { checkGrads, explain } from "@cotangent/gradcheck";
import { expect, test } from "vitest";

const off = customJvp(
  (a: Tensor) => exp(a),
  ([a], [aDot]) => [exp(a!), mul(mul(aDot!, exp(a!)), 1.003)],
);
const f = (a: Tensor) => sum(off(relu(a)));

test("a failure fits on a screen and says all there is to know", () => {
  const text = explain(checkGrads(f, [tensor([0, 0.7, -0.3])], { seed: 3, name: "loss" }), {
    color: false,
  });
  const lines = text.split("\n");
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(160);
  for (const pattern of [
    /^FAIL loss/,
    /numeric +fail +\d+ of 6 wrong/,
    /first wrong +\[0\]\[\d\] \(jvp\)/,
    /analytic +[\d.]+/,
    /differences +[\d.]+ ± [\d.e-]+/,
    /error +[\d.e-]+ relative, [\d.e+]+ ulp/,
    /also wrong +\d+ in \[0\] \(numeric\)/,
    /guilty +\w:f64\[3\] = call\[name=customJvp\] \w/,
    /its jvp rule, at .*explain\.test\.ts:\d+:\d+/,
    /hint +every failing entry is 1\.003 times/,
    /kink +\[0\]\[0\] .*: slopes [\d.e-]+ and 1\.00/,
    /seed +3/,
    /run again +checkGrads\(loss, args, \{"seed":3,"name":"loss","rungs":\["numeric"\],"only":"\[0\]\[\d\]"\}\)/,
  ])
    expect(text).toMatch(pattern);
});

test("colours are for terminals", () => {
  const report = checkGrads(f, [tensor([1])], { rungs: ["structure"] });
  expect(explain(report, { color: true })).toContain("\u001b[32mPASS\u001b[0m");
  expect(explain(report, { color: false })).not.toContain("\u001b");
});

test("what to run again may be a command", () => {
  expect(
    explain(checkGrads(f, [tensor([1])], { rungs: ["structure"] }), {
      rerun: "cotangent gradcheck m.ts#f",
    }),
  ).toMatch(/run again +cotangent gradcheck m\.ts#f$/);
});

test("a report is plain data", () => {
  const report = checkGrads(f, [tensor([1])], { rungs: ["structure"] });
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test("where the dot product fails, a coordinate is shown and run again, with the mode that is wrong", () => {
  const cube = {
    value: (x: number) => x ** 3,
    jvp: ([x]: readonly [number], [xDot]: readonly [number]) => 3 * x ** 2 * xDot,
    vjp: ([x]: readonly [number], yBar: number) => 2 * x ** 2 * yBar,
  };
  const report = checkGrads(cube, [1.5]);
  expect(report.rungs.find(({ status }) => status === "fail")?.rung).toBe("dot product");
  expect(explain(report, { color: false })).toMatch(
    /first wrong +\[0\] \(vjp\)\n +analytic +4\.5\n +differences +6\.75/,
  );
  expect(report.rerun).toBe('checkGrads(f, args, {"seed":0,"rungs":["numeric"],"only":"[0]"})');
});
