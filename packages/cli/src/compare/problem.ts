/**
 * The problem with a known score: a mixture of three Gaussians in the plane.
 *
 * Expectations that have no closed form, such as E½‖∇log p‖², are sums over a fine grid: the
 * densities are smooth and vanish at the window's edge, where the midpoint rule is exact to many
 * digits.
 */

import { div, exp, mul, square, sub, sum, type Tensor, tensor } from "@cotangent/autodiff";
import { type GaussianMixture, gaussianMixture } from "@cotangent/training";
import type { Interval, Point, Problem } from "./result.ts";

const means: readonly Point[] = [
  [-2.5, -1.5],
  [2.5, -1.5],
  [0, 2.5],
];
const weights: readonly number[] = [0.5, 0.3, 0.2];
const std = 0.5;

/** Cells along one side of the density's grid, of the field's, and of the integration's. */
const cells = { density: 72, field: 27, integral: 240 } as const;

/** Arrows are drawn where the density exceeds this fraction of its highest value. */
const negligible = 0.01;

/** The mixture itself: its density, its score, its samples. */
export const mixture: GaussianMixture = gaussianMixture({ means, weights, std });

/** The figures' window: 3.6 standard deviations around the means, a square. */
const window: { readonly x: Interval; readonly y: Interval } = { x: [-4.3, 4.3], y: [-3.8, 4.8] };

/** Everything that figures need of the problem; `samples` are rows that the networks train on. */
export function describeProblem(samples: readonly Point[]): Problem {
  const values = [...exp(mixture.logDensity(gridOf(window, cells.density))).data].map(Number);
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  const places = gridOf(window, cells.field);
  const density = exp(mixture.logDensity(places)).data;
  const fieldPoints = points(places).filter((_, i) => Number(density[i]) > negligible * highest);
  return {
    name: "three Gaussians",
    means,
    weights,
    std,
    ...window,
    zeroDivergence: scoreEnergy(mixture),
    density: { columns: cells.density, rows: cells.density, values },
    fieldPoints,
    trueField: points(mixture.score(tensor(fieldPoints))),
    samples,
  };
}

/** E_p ½‖∇log p‖², what the zero score's divergence is. */
export function scoreEnergy(p: GaussianMixture): number {
  return integrate(p, (x) => p.score(x));
}

/** E_p ½‖∇log q − ∇log p‖² for q = p ∗ N(0, σ²I): the bias of learning q's score. */
export function blurBias(sigma: number): number {
  const q = mixture.perturbed(sigma);
  return integrate(mixture, (x) => sub(q.score(x), mixture.score(x)));
}

/** E_p ½‖field‖² by the midpoint rule, over a window that holds all but e⁻¹⁸ of the mass. */
function integrate(p: GaussianMixture, field: (x: Tensor) => Tensor): number {
  const reach = 3;
  const wide = {
    x: [window.x[0] - reach, window.x[1] + reach] as const,
    y: [window.y[0] - reach, window.y[1] + reach] as const,
  };
  const x = gridOf(wide, cells.integral);
  const density = exp(p.logDensity(x));
  const halfSquare = mul(0.5, sum(square(field(x)), 1));
  return div(sum(mul(density, halfSquare)), sum(density)).item();
}

/** The midpoints of a square grid, row by row from the low end of y: [count², 2]. */
function gridOf({ x, y }: { readonly x: Interval; readonly y: Interval }, count: number): Tensor {
  const at = ([low, high]: Interval, k: number): number => low + ((high - low) * (k + 0.5)) / count;
  const places = Array.from({ length: count * count }, (_, i): Point => {
    const column = i % count;
    return [at(x, column), at(y, (i - column) / count)];
  });
  return tensor(places);
}

/** The rows of x [B, 2] as points. */
export function points(x: Tensor): Point[] {
  return Array.from(
    { length: x.shape[0] ?? 0 },
    (_, i): Point => [Number(x.data[2 * i]), Number(x.data[2 * i + 1])],
  );
}
