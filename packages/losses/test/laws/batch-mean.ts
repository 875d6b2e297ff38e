// Laws of the reduction: the mean over the batch, and directions that are fresh for each sample.
import { ones, random } from "@cotangent/autodiff";
import type { Objective } from "@cotangent/losses";
import { expect } from "vitest";
import { meanOf, varianceOf } from "../support/monte-carlo.ts";

/** objective.mean is the mean, not the sum, of the per-sample values at the same draws. */
export function meanOverTheBatch(objective: Objective): void {
  const x = random.normal(random.key(1), [7, 3]);
  const key = random.key(2);
  const values = objective.perSample([], x, objective.draw(key, x)).data;
  expect(objective.mean([], x, key).item()).toBeCloseTo(meanOf(values).value, 12);
}

/** The mean over slices: M copies of one direction have the value of one slice. */
export function meanOverSlices(objective: Objective): void {
  const x = random.normal(random.key(3), [4, 3]);
  const v = random.rademacher(random.key(4), [1, 4, 3]);
  const one = objective.perSample([], x, { v });
  const three = objective.perSample([], x, { v: v.broadcastTo([3, 4, 3]) });
  for (const [b, value] of one.data.entries()) expect(three.data[b]).toBeCloseTo(value, 12);
}

/**
 * On a batch of equal rows, B fresh directions make the mean's variance that of one row over B.
 *
 * s = −x at x = 1 in d dimensions, Rademacher v: Var ½(v·x)² = ½d(d − 1).
 */
export function freshDirectionsPerSample(objective: Objective): void {
  const [batch, d, repeats] = [32, 4, 600];
  const x = ones([batch, d]);
  const means = Array.from({ length: repeats }, (_, seed) =>
    objective.mean([], x, random.key(seed)).item(),
  );
  const { value, error } = varianceOf(means);
  expect(Math.abs(value - (d * (d - 1)) / 2 / batch)).toBeLessThan(4 * error);
}
