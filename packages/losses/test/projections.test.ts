// Projection directions: E[vvᵀ] = I for each, orthogonality, and lengths.
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import {
  gaussianDirections,
  orthogonal,
  type Projection,
  rademacher,
  sphere,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import * as laws from "./laws/projection.ts";
import { expectEstimate, meanOf } from "./support/monte-carlo.ts";

const projections: readonly (readonly [string, Projection])[] = [
  ["rademacher", rademacher],
  ["gaussianDirections", gaussianDirections],
  ["sphere", sphere],
  ["orthogonal", orthogonal],
];

describe.each(projections)("%s", (_, projection) => {
  test.each([
    [1, 1],
    [1, 4],
    [3, 4],
    [4, 4],
  ])("E[vvᵀ] = I for every slice, M = %i, d = %i", (slices, d) => {
    laws.secondMoment(projection, slices, d);
  });

  test("every sample of the batch has a direction of its own", () => {
    laws.freshDirections(projection);
  });

  test.each(["f64", "f32"] as const)("is a pure function of the key, in %s", (dtype) => {
    const draw = (seed: number): Tensor => projection(random.key(seed), [2, 3, 4], { dtype });
    expect(draw(1).dtype).toBe(dtype);
    expect(draw(1).data).toEqual(draw(1).data);
    expect(draw(1).data).not.toEqual(draw(2).data);
  });
});

test("rademacher and sphere directions have length √d", () => {
  for (const projection of [rademacher, sphere]) {
    const lengths = projection(random.key(5), [2, 50, 7]).square().sum(-1);
    for (const length of lengths.data) expect(length).toBeCloseTo(7, 12);
  }
});

describe("orthogonal", () => {
  test.each([
    [2, 3],
    [3, 3],
    [4, 9],
    [9, 9],
    [1, 6],
  ])("%i directions in %i dimensions: v_m·v_n = d for m = n, else 0, to 1e-12", (slices, d) => {
    const v = orthogonal(random.key(6), [slices, 20, d]).permute([1, 0, 2]);
    const products = v.matmul(v.permute([0, 2, 1])).data;
    products.forEach((product, i) => {
      const [m, n] = [Math.floor(i / slices) % slices, i % slices];
      expect(Math.abs(product - (m === n ? d : 0))).toBeLessThan(1e-12 * d * 10);
    });
  });

  test("one direction is uniform on the sphere: E v_1⁴ = 3d/(d + 2), where axes would give d", () => {
    const d = 5;
    const v = orthogonal(random.key(7), [2, 30_000, d]);
    for (const slice of [0, 1])
      for (const axis of [0, 3]) {
        const fourth = v.slice([slice, 0, axis], [slice + 1, 30_000, axis + 1]).pow(4).data;
        expectEstimate(meanOf(fourth), (3 * d) / (d + 2));
      }
  });

  test("averages vᵀDv over M slices with less variance than independent directions", () => {
    const variance = (projection: Projection): number => {
      const v = projection(random.key(8), [3, 20_000, 4]);
      const forms = v
        .square()
        .matmul(tensor([1, 2, 4, 8]))
        .mean(0).data;
      const { value, error } = meanOf(forms);
      expectEstimate({ value, error }, 15);
      return error;
    };
    expect(variance(orthogonal)).toBeLessThan(0.7 * variance(sphere));
  });
});
