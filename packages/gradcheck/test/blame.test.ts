import { withRule } from "@cotangent/autodiff/testing";
import { checkGrads, type Report } from "@cotangent/gradcheck";
import { describe, expect, test } from "vitest";
import {
  add,
  checkpoint,
  customVjp,
  exp,
  matmul,
  mul,
  registry,
  sin,
  stopGradient,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "./engine.ts";
import { failing } from "./reading.ts";

const x = tensor([0.3, -1.2, 2.5]);
const w = tensor([
  [1, 2, 1],
  [0.5, -1, 0.2],
  [0.1, 3, 0.3],
]);
const f = (a: Tensor, b: Tensor) => tanh(matmul(b, sin(a)));

const scaled = (c: number) => (y: Tensor | null) => y && mul(y, c);
type Rule = "jvp" | "transpose" | "batch";

/** The report on `g` while one rule's results are multiplied by c. */
function reportWith(name: string, rule: Rule, c: number, g: typeof f = f): Report {
  const primitive = registry.get(name)!;
  return withRule(
    { primitive },
    (rules) => ({
      ...(rule === "jvp" && {
        jvp(...given) {
          const y = rules.jvp.apply(primitive, given);
          return { ...y, tangents: y.tangents.map(scaled(c)) };
        },
      }),
      ...(rule === "transpose" && {
        transpose: (...given) => rules.transpose.apply(primitive, given).map(scaled(c)),
      }),
      ...(rule === "batch" && {
        batch: (...given) => rules.batch.apply(primitive, given).map((y) => mul(y, c)),
      }),
    }),
    () => checkGrads(g, [x, w]),
  );
}

describe("a wrong rule is blamed by name, with the user's line", () => {
  test.each<[string, Rule, number]>([
    ["sin", "jvp", 1.001],
    ["tanh", "jvp", -1],
    ["matmul", "jvp", 2],
    ["matmul", "transpose", -1],
    ["sin", "batch", 1.001],
    ["tanh", "batch", 0.5],
    ["sech2", "jvp", 1.01],
  ])("%s, %s × %f", (name, rule, c) => {
    const report = reportWith(name, rule, c);
    expect(report.status).toBe("fail");
    expect(report.blame).toMatchObject({ primitive: name, rule });
    expect(report.blame?.source).toMatch(/blame\.test\.ts:\d+:\d+/);
  });

  test("a transpose rule inside of another primitive's linear map", () => {
    const report = reportWith("mul", "transpose", 2);
    expect(report.blame).toMatchObject({ primitive: "mul", rule: "transpose" });
    expect(report.blame?.detail).toMatch(/in c:f64\[3\] = sin a$/);
  });

  test("a rule inside of a checkpoint", () => {
    const report = reportWith("sin", "jvp", -1, checkpoint(f) as typeof f);
    expect(report.blame).toMatchObject({ primitive: "sin", rule: "jvp" });
  });
});

test("a rule that someone gave to customVjp is blamed as such", () => {
  const wrong = customVjp(
    (a: Tensor) => exp(a),
    (a: Tensor) => [exp(a), exp(a)] as const,
    (y, yBar) => [mul(mul(y, yBar), 1.5)],
  );
  const report = checkGrads((a: Tensor) => sum(sin(wrong(a))), [x]);
  expect(report.blame).toMatchObject({
    primitive: "customVjp",
    equation: "b:f64[3] = call[name=customVjp] a",
  });
});

test("a stopGradient is blamed only where nothing else is wrong", () => {
  const report = checkGrads((a: Tensor) => sum(mul(a, stopGradient(a))), [x]);
  expect(report.blame).toMatchObject({ primitive: "stopGradient" });
});

test("a value that JavaScript reads is told from a wrong rule", () => {
  const report = checkGrads((a: Tensor) => sum(mul(a, a.data[0]!)), [x]);
  expect(report.blame).toMatchObject({ rule: "escape", equation: "b:f64[3] = mul a 0.3" });
  expect(failing(report)).toContain("numeric");
});

test("a function that branches on values passes, on both sides", () => {
  const branch = (a: Tensor) => (a.item() > 0 ? sin(a) : mul(a, a));
  expect(checkGrads(branch, [0.5]).status).toBe("pass");
  expect(checkGrads(branch, [-0.5]).status).toBe("pass");
});

test("a function that passes blames nothing", () => {
  expect(checkGrads((a: Tensor) => add(a, 1), [x])).not.toHaveProperty("blame");
});
