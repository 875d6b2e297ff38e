// Bugs planted where they hide well, and whom the report names.
import { add, exp, matmul, mul, sin, sum, type Tensor, tanh, tensor } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import { type Rules, withRule } from "@cotangent/autodiff/testing";
import { checkGrads, explain, type Report } from "@cotangent/gradcheck";
import { expect, test } from "vitest";

const w = tensor([
  [1, 2, 1],
  [0.5, -1, 0.2],
  [0.1, 3, 0.3],
]);
const x = tensor([0.3, -1.2, 0.5]);
const loss = (a: Tensor, b: Tensor) => sum(tanh(matmul(b, sin(exp(a)))));

function reportWith(
  name: string,
  patch: (rules: Rules) => Partial<Rules>,
  f: (...args: Tensor[]) => Tensor = loss as never,
  args: Tensor[] = [x, w],
): Report {
  const bound = (primitive: Rules) => (rules: Rules) => {
    const own = Object.entries(rules).map(([rule, act]) => [rule, act.bind(primitive)]);
    return patch(Object.fromEntries(own));
  };
  const primitive = registry.get(name)!;
  return withRule({ primitive }, bound(primitive), () => checkGrads(f, args as never));
}

test("a rule that the checker itself uses is not blamed on the first equation", () => {
  const { blame } = reportWith("sum", (rules) => ({
    transpose: (...given) => rules.transpose(...given).map((bar) => bar && mul(bar, 2)),
  }));
  expect(blame).toMatchObject({ primitive: "sum", rule: "transpose" });
});

test("a batch rule that is wrong for a batch of one fails", () => {
  const report = reportWith("sin", (rules) => ({
    batch: (inputs, mapped, size, params) =>
      rules.batch(inputs, mapped, size, params).map((y) => (size === 1 ? mul(y, 1.01) : y)),
  }));
  expect(report).toMatchObject({ status: "fail", blame: { primitive: "sin", rule: "batch" } });
});

test("a rule that is wrong where both operands are one tensor fails", () => {
  const half = (rules: Rules): Partial<Rules> => ({
    jvp(primals, tangents, params) {
      const y = rules.jvp(primals, tangents, params);
      const factor = primals[0] === primals[1] ? 0.5 : 1;
      return { ...y, tangents: y.tangents.map((yDot) => yDot && add(yDot, mul(yDot, factor - 1))) };
    },
  });
  const square = (a: Tensor) => sum(mul(a, a));
  expect(reportWith("mul", half, square as never, [x]).status).toBe("fail");
});

test("long names and messages leave the report on its screen", () => {
  const layer = () => ({ attention: { weights: { query: tensor([1, 2]) } } });
  const blocks = Array.from({ length: 9 }, (_, i) => [`a_block_with_a_long_name_${i}`, layer()]);
  const stopped = (p: Record<string, ReturnType<typeof layer>>) =>
    Object.values(p)
      .map((block) => sum(block.attention.weights.query.stopGradient()))
      .reduce(add);
  const long = checkGrads(stopped as never, [Object.fromEntries(blocks)] as never);
  const thrown = checkGrads(
    {
      value: (at: number) => at * at,
      gradient: (): number => {
        throw new Error(`no gradient:\n${"a line\n".repeat(40)}`);
      },
    },
    [1],
  );
  for (const report of [long, thrown]) {
    expect(report.status).toBe("fail");
    const lines = explain(report, { color: false, rerun: "again" }).split("\n");
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(240);
  }
});
