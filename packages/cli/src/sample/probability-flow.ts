/**
 * The probability flow: an ordinary differential equation that carries the data blurred by the highest
 * noise to the data blurred by the lowest, without any noise on the way,
 *
 *   dx/dσ = −σ s(x, σ),   x(σ_1) ~ p ∗ N(0, σ_1²I)  ⇒  x(σ) ~ p ∗ N(0, σ²I) at every σ
 *
 * Solved by Heun's method; the last step, from the lowest level to 0, is Tweedie's formula. A few dozen
 * evaluations end nearer to the model's density than annealed Langevin does in hundreds, whose chains
 * have no time to forget the level before. `sample` calls it for noise-conditional models.
 * Source: Song et al. 2021, section 4.3; Karras et al. 2022, algorithm 1 and equation 5.
 */

import { add, full, mul, type Tensor } from "@cotangent/autodiff";
import { type ConditionalScore, tweedie } from "@cotangent/sampling";

/** From where to where, and in how many steps. */
export interface FlowOptions {
  readonly highest: number;
  readonly lowest: number;
  readonly steps: number;
}

/** Of the spacing of the levels: 1 would be even steps in σ, and more puts more of them at low σ. */
const rho = 7;

/** steps + 1 falling levels, even in σ^(1/ρ). */
export function flowLevels({ highest, lowest, steps }: FlowOptions): readonly number[] {
  const [from, to] = [highest ** (1 / rho), lowest ** (1 / rho)];
  return Array.from({ length: steps + 1 }, (_, i) => (from + (i / steps) * (to - from)) ** rho);
}

/** Carries rows x: [B, d] of the highest level to the denoised mean at the lowest: a pure function. */
export function probabilityFlow(
  score: ConditionalScore,
  options: FlowOptions,
): (x: Tensor) => Tensor {
  const slope = (x: Tensor, sigma: number): Tensor =>
    mul(-sigma, score(x, full([x.shape[0] ?? 0], sigma)));
  const levels = flowLevels(options);
  return (start) => {
    let x = start;
    levels.slice(1).forEach((to, index) => {
      const from = levels[index] ?? to;
      const first = slope(x, from);
      const second = slope(add(x, mul(to - from, first)), to);
      x = add(x, mul((to - from) / 2, add(first, second)));
    });
    return tweedie(score, x, options.lowest);
  };
}
