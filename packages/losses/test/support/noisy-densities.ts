// Scores of noisy densities in closed form, written without the package's kernels.
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import type { Score } from "@cotangent/losses";

/** ∇log of N(0, (1 + σ²)I). */
export const gaussianScore =
  (sigma: number): Score =>
  (_, z) =>
    z.div(-(1 + sigma ** 2));

const [centres, spread] = [
  [
    [-1.5, 0],
    [1.5, 0.5],
  ],
  0.4,
];

/** Rows of ½N(−m, .16 I) + ½N(m′, .16 I). */
export function twoModes(key: Tensor, rows: number): Tensor {
  const which = random.uniform(random.foldIn(key, 0), [rows]).less(0.5).astype("i32");
  const centre = tensor(centres).gather(which);
  return centre.add(random.normal(random.foldIn(key, 1), [rows, 2]).mul(spread));
}

/** ∇log of the same mixture with N(0, σ²I) added. */
export function mixtureScore(sigma: number): Score {
  const variance = spread ** 2 + sigma ** 2;
  return (_, z) => {
    const difference = tensor(centres).sub(z.expandDims(-2));
    const shares = difference
      .square()
      .sum(-1)
      .div(-2 * variance)
      .softmax(-1);
    return shares.expandDims(-1).mul(difference).sum(-2).div(variance);
  };
}
