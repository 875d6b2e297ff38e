// Laws of the BigNumber oracle: differences against derivatives that are known in closed form.
import { add, mul, sin, sub, type Tensor, tensor, trace } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { exact } from "../../src/oracles/big.ts";
import { bigJvp } from "../../src/oracles/differences.ts";
import { bigJacobian } from "./jacobian.ts";

const product = trace((x: Tensor, y: Tensor) => mul(sin(x), y))(tensor([0.5, -2]), tensor([3, 0]));
const point = [0.5, -2, 3, 0];

describe("differences of (x, y) ↦ y sin x", () => {
  test("give the Jacobian [diag(y cos x), diag(sin x)] to 38 digits", () => {
    const J = bigJacobian(product, point);
    const rows = [
      [exact(0.5).cos().times(3), 0, exact(0.5).sin(), 0],
      [0, exact(0), 0, exact(-2).sin()],
    ];
    rows.forEach((row, r) => {
      row.forEach((want, c) => {
        expect(J[r]![c]!.minus(want).abs().toNumber()).toBeLessThan(1e-38);
      });
    });
  });

  test("along a direction are the Jacobian times it", () => {
    const v = [0.3, -1.7, 2.2, 0.9];
    const along = bigJvp(product, point, v);
    bigJacobian(product, point).forEach((row, r) => {
      const want = row.map((entry, c) => entry.times(exact(v[c]!))).reduce((a, b) => a.plus(b));
      expect(want.minus(along[r]!).abs().toNumber()).toBeLessThan(1e-30);
    });
  });
});

test("a direction of zeros has the derivative zero, and a kink the mean of its two slopes", () => {
  const relu = trace((x: Tensor) => x.maximum(0))(tensor(0));
  expect(bigJvp(relu, [0], [0])[0]!.toNumber()).toBe(0);
  expect(bigJvp(relu, [0], [1])[0]!.toNumber()).toBe(0.5);
});

test("cancellation that no double can see is seen: (1e16 + x) − 1e16", () => {
  const f = trace((x: Tensor) => sub(add(x, 1e16), 1e16))(tensor(0.1));
  expect(bigJacobian(f, [0.1])[0]![0]!.toNumber()).toBe(1);
});
