// What is no function, or is given no list of arguments, is told so by the transformation that was called.
import {
  checkpoint,
  customJvp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  linearize,
  sum,
  type Tensor,
  tensor,
  trace,
  valueAndGrad,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { misuse, testMisuses } from "../support/misuse.ts";

const none = 3 as unknown as (x: Tensor) => Tensor;
const x = tensor([1, 2]);
const double = (y: Tensor): Tensor => y.mul(2);
const list = [x] as const;
const says = [/expected a function, got 3/];

testMisuses("what is no function", [
  misuse("grad", () => grad(none)(x), "grad", ...says),
  misuse("valueAndGrad", () => valueAndGrad(none)(x), "grad", ...says),
  misuse("jacfwd", () => jacfwd(none)(x), "jacfwd", ...says),
  misuse("jacrev", () => jacrev(none)(x), "jacrev", ...says),
  misuse("hessian", () => hessian(none)(x), "grad", ...says),
  misuse("jvp", () => jvp(none, list, list), "jvp", ...says),
  misuse("vjp", () => vjp(none, list), "vjp", ...says),
  misuse("linearize", () => linearize(none, list), "linearize", ...says),
  misuse("vmap", () => vmap(none)(x), "vmap", ...says),
  misuse("trace", () => trace(none)(x), "trace", ...says),
  misuse("checkpoint", () => checkpoint(none)(x), "checkpoint", ...says),
]);

const one = [/expected a list of arguments, got one; write \[x\]/];
testMisuses("one argument in the place of the list", [
  misuse("jvp", () => jvp(double, x as never, x as never), "jvp", ...one),
  misuse("vjp", () => vjp(double, x as never), "vjp", ...one),
  misuse("linearize", () => linearize(double, x as never), "linearize", ...one),
]);

test("an error of a custom rule is marked as the rule's, and stays what it was", () => {
  const broken = new RangeError("no luck");
  const fail = (): never => {
    throw broken;
  };
  const caught = (act: () => unknown): unknown => {
    try {
      return act();
    } catch (error) {
      return error;
    }
  };
  const error = caught(() => sum(customJvp(double, fail)(x)));
  expect(error).toBe(broken);
  expect(error).toMatchObject({ rule: "customJvp" });
  const unsound = customJvp(
    (_y: Tensor) => tensor(["a"] as never),
    ([y], [yDot]) => [y!, yDot!],
  );
  const own = caught(() => unsound(x));
  expect(own).not.toHaveProperty("rule");
});

test("what a rule throws arrives as it was thrown, frozen errors and strings too", () => {
  for (const thrown of [Object.freeze(new Error("mine")), "text", null]) {
    const f = customJvp(
      (x: Tensor) => x.mul(2),
      () => {
        throw thrown;
      },
    );
    let caught: unknown = "nothing";
    try {
      f(tensor(1));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
  }
});
