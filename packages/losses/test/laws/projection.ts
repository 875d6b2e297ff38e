// Laws of projection directions, applied to the real ones and to mutants.
import { random } from "@cotangent/autodiff";
import type { Projection } from "@cotangent/losses";
import { expect } from "vitest";
import { expectEstimate, meanOf } from "../support/monte-carlo.ts";

/** E[v_i v_j] is 1 for i = j and 0 otherwise, for each slice. */
export function secondMoment(projection: Projection, slices: number, d: number): void {
  const rows = 10_000;
  const v = projection(random.key(1), [slices, rows, d]);
  for (let m = 0; m < slices; m++)
    for (let i = 0; i < d; i++)
      for (let j = 0; j <= i; j++) {
        const coordinate = (k: number) => v.slice([m, 0, k], [m + 1, rows, k + 1]);
        const product = coordinate(i).mul(coordinate(j));
        expectEstimate(meanOf(product.data), Number(i === j), 0.05);
      }
}

/** Rows of one slice are uncorrelated: the mean over a batch of B has B times less variance. */
export function freshDirections(projection: Projection): void {
  const [batch, repeats] = [64, 300];
  const batchMeans = Array.from({ length: repeats }, (_, seed) => {
    const v = projection(random.key(seed), [1, batch, 3]);
    return meanOf(v.slice([0, 0, 0], [1, batch, 1]).data).value;
  });
  const variance = meanOf(batchMeans.map((value) => value ** 2));
  expectEstimate(variance, 1 / batch, 0.1 / batch);
  expect(variance.value).toBeGreaterThan(0);
}
