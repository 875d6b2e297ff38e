import { mul, print, sin, type Tensor, tensor } from "@cotangent/autodiff";
import { evaluateFlat, traceAt } from "@cotangent/autodiff/testing";
import { expect, test } from "vitest";

const branch = ([x]: readonly Tensor[]): Tensor[] => [
  mul(x!, 2).item() > 1 ? sin(x!) : mul(x!, x!),
];

test("traceAt follows the branch that a function takes at its inputs", () => {
  expect(print(traceAt(branch, [tensor(0.7)]))).toContain("= sin ");
  expect(print(traceAt(branch, [tensor(0.3)]))).not.toContain("= sin ");
});

test("its graph serves other inputs, and knows the source line of each equation", () => {
  const graph = traceAt(branch, [tensor(0.7)]);
  expect(evaluateFlat(graph, [tensor(0.1)])[0]?.item()).toBe(Math.sin(0.1));
  for (const { source } of graph.equations) expect(source).toMatch(/trace-at\.test\.ts:\d+:\d+/);
});
