import { type Tensor, tensor } from "@cotangent/autodiff";
import { constant, cosine, exponential, type Schedule, warmup } from "@cotangent/training";
import { expect, test } from "vitest";

const at = (schedule: Schedule, step: number): number => {
  const factor = schedule(tensor(step));
  return typeof factor === "number" ? factor : (factor as Tensor).item();
};

test("a cosine schedule falls from 1 over the mean at half time to its final factor, and stays", () => {
  const schedule = cosine({ steps: 100, final: 0.2 });
  expect(at(schedule, 0)).toBe(1);
  expect(at(schedule, 25)).toBeCloseTo(0.2 + 0.4 * (1 + Math.SQRT1_2), 14);
  expect(at(schedule, 50)).toBeCloseTo(0.6, 14);
  expect(at(schedule, 100)).toBeCloseTo(0.2, 14);
  expect(at(schedule, 1000)).toBeCloseTo(0.2, 14);
});

test("an exponential schedule multiplies by its rate once every so many steps", () => {
  const schedule = exponential({ rate: 0.5, every: 10 });
  expect([0, 10, 20].map((t) => at(schedule, t))).toEqual([1, 0.5, 0.25]);
  expect(at(schedule, 5)).toBeCloseTo(Math.SQRT1_2, 14);
});

test("a warm-up rises linearly to 1, then hands over to a schedule that counts from 0", () => {
  const schedule = warmup({ steps: 4, after: exponential({ rate: 0.5 }) });
  expect([0, 1, 2, 3, 4, 5, 6].map((t) => at(schedule, t))).toEqual([
    0.25, 0.5, 0.75, 1, 1, 0.5, 0.25,
  ]);
  expect(at(warmup({ steps: 4 }), 100)).toBe(1);
});

test("a constant schedule is its factor at every step", () => {
  expect([0, 7].map((t) => at(constant(0.3), t))).toEqual([0.3, 0.3]);
});

test("a schedule without a positive length says which option is wrong", () => {
  expect(() => cosine({ steps: 0 })).toThrow("cosine: expected steps > 0, got 0");
  expect(() => warmup({ steps: -1 })).toThrow("warmup: expected steps > 0, got -1");
  expect(() => exponential({ rate: 0 })).toThrow("exponential: expected rate > 0, got 0");
});
