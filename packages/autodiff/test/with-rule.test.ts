// withRule: rules replaced for the duration of one call.
import { grad, mul, sin, type Tensor, tensor, vmap } from "@cotangent/autodiff";
import { withRule } from "@cotangent/autodiff/testing";
import { expect, test } from "vitest";

const slope = () => grad(sin)(0).item();
const doubled = () =>
  withRule(
    sin,
    ({ jvp }) => ({
      jvp: (x, xDot, params) => {
        const { outputs, tangents } = jvp(x, xDot, params);
        return { outputs, tangents: tangents.map((yDot) => yDot && mul(2, yDot)) };
      },
    }),
    slope,
  );

test("a patched rule holds inside and is restored after", () => {
  expect([slope(), doubled(), slope()]).toEqual([1, 2, 1]);
});

test("rules that are not patched stay, and patches nest", () => {
  const nested = withRule(
    sin,
    () => ({ batch: (inputs) => inputs }),
    () => [
      vmap((x: Tensor) => sin(x))(tensor([3])).toArray(),
      doubled(),
      vmap((x: Tensor) => sin(x))(tensor([3])).toArray(),
    ],
  );
  expect(nested).toEqual([[3], 2, [3]]);
});

test("the rule is restored when the function throws, and a promise is refused", () => {
  const patch = () => ({ jvp: () => ({ outputs: [], tangents: [] }) });
  const failing = () => {
    throw new Error("mine");
  };
  expect(() => withRule(sin, patch, failing)).toThrow("mine");
  expect(() => withRule(sin, patch, async () => 1)).toThrow(/withRule: .*promise while sin/);
  expect(slope()).toBe(1);
});
