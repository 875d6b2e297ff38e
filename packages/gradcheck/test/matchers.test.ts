import { matmul, sin, sum, type Tensor, tensor } from "@cotangent/autodiff";
import * as matchers from "@cotangent/gradcheck/matchers";
import { expect, test } from "vitest";

expect.extend(matchers);

const square = { value: (x: number) => x * x, gradient: (x: number) => 2 * x };
const wrong = { ...square, gradient: (x: number) => x };
const w = tensor([
  [1, 2],
  [3, 4],
  [5, 6],
]);

test("toHaveCorrectGrads", () => {
  expect((x: Tensor) => sum(sin(x))).toHaveCorrectGrads([tensor([1, 2])]);
  expect(square).toHaveCorrectGrads([3], { order: 1 });
  expect(wrong).not.toHaveCorrectGrads([3]);
  expect(() => expect(wrong).toHaveCorrectGrads([3])).toThrow(/FAIL f[\s\S]*first wrong/);
  expect(() => expect(square).not.toHaveCorrectGrads([3])).toThrow(
    "expected f not to have correct derivatives, but it does",
  );
});

test("toBeAdjointOf: of tensors, and of lists", () => {
  const times = (x: Tensor) => matmul(w, x);
  expect(times).toBeAdjointOf((y: Tensor) => matmul(y, w), tensor([1, 1]));
  expect(times).not.toBeAdjointOf((y: Tensor) => matmul(y, w).mul(2), tensor([1, 1]));
  const difference = (x: readonly number[]) => x.slice(1).map((xi, i) => xi - x[i]!);
  const back = (y: readonly number[]) => [...y, 0].map((yi, i) => (y[i - 1] ?? 0) - yi);
  expect(difference).toBeAdjointOf(back, [1, 2, 4]);
  expect(() => expect(difference).toBeAdjointOf(3, [1, 2, 4])).toThrow(/expected two functions/);
});

test("toAgreeAcrossModes", () => {
  expect((x: Tensor) => sin(x)).toAgreeAcrossModes([tensor([1, 2])]);
  expect({
    ...square,
    jvp: ([x]: readonly [number], [xDot]: readonly [number]) => 2.1 * x * xDot,
  }).not.toAgreeAcrossModes([3]);
});
