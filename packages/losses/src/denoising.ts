// Denoising score matching: regress on the gradient of the noise kernel.
//
//   x̃ = x + δ,  g = ∇_x̃ log q(x̃|x),    ½‖s(x̃) − g‖²
//
// Its minimiser is the score of the noisy data, p ∗ q (Vincent 2011, section 4). For Gaussian noise
// g = −δ/σ². As σ → 0 its variance diverges; the control variate bounds it (Wang et al. 2020).
import {
  add,
  mul,
  random,
  square,
  sub,
  type Tensor,
  type TensorLike,
  type Tree,
} from "@cotangent/autodiff";
import { rowDot, rowSquaredNorm } from "./inner-products.ts";
import type { NoiseKernel } from "./noise/kernel.ts";
import { defineObjective, type Objective, requireDraw } from "./objective.ts";
import { requireBatch, requireFloat, requireFunction, requireOptions } from "./preconditions.ts";
import { evaluateScore, type Score } from "./score.ts";

/** Options of `denoising`. */
export interface DenoisingOptions {
  /** The noise: `gaussian(σ)`, `gaussianLadder({ from, to, levels })`, `laplace(b)`, … */
  readonly noise: NoiseKernel;
  /** Use ½‖s(x̃)‖² − (s(x̃) − s(x))·g + ½E‖g‖² (default false). */
  readonly controlVariate?: boolean;
}

/**
 * Denoising score matching: per sample ½‖s(x + δ) − g‖², g the gradient of the kernel's log density at δ.
 *
 * x: [B, d]; draws { delta: [B, d] } in data units, and { sigma: [B] } for a ladder, whose rows each
 * draw their level, pass it to the score, and are weighted by σ² (Song & Ermon 2019, eq. 6). Result
 * [B]. Costs 3 forward passes with the parameter gradient. `controlVariate` keeps the mean and
 * bounds the variance as σ → 0, for twice the cost; above about σ = .75 of the data's standard
 * deviation it is *worse* than the plain form. Without a closed E‖g‖² it uses the draw's own ‖g‖².
 * Source: Vincent 2011, equation 11; control variate: Wang et al. 2020.
 */
export function denoising<P extends Tree>(
  score: Score<P>,
  options: DenoisingOptions,
): Objective<P> {
  const example = "{ noise: gaussian(0.1) }";
  const { noise, controlVariate = false } = requireOptions("denoising", options, example, [
    "noise",
    "controlVariate",
  ]);
  const name = controlVariate ? "denoising-control-variate" : "denoising";
  requireFunction(name, `noise.sample, as in ${example},`, noise?.sample);
  const { ladder } = noise;

  /** ½‖s(x̃) − g‖² */
  const plain = (s: (z: Tensor) => Tensor, x: Tensor, delta: Tensor, g: Tensor): Tensor =>
    mul(0.5, rowSquaredNorm(sub(s(add(x, delta)), g)));

  /** ½‖s(x̃)‖² − (s(x̃) − s(x))·g + ½E‖g‖² */
  const withControl = (
    s: (z: Tensor) => Tensor,
    x: Tensor,
    delta: Tensor,
    g: Tensor,
    meanSquare: TensorLike,
  ): Tensor => {
    const noisy = s(add(x, delta));
    const coupling = rowDot(sub(noisy, s(x)), g);
    return add(sub(mul(0.5, rowSquaredNorm(noisy)), coupling), mul(0.5, meanSquare));
  };

  return defineObjective<P>({
    name,
    draw(key, x) {
      const [batch] = requireBatch(name, x);
      const options = { dtype: requireFloat(name, x) };
      if (!ladder) return { delta: noise.sample(key, x.shape, options) };
      const sigma = ladder.sampleLevels(random.foldIn(key, 0), batch, options);
      return { sigma, delta: noise.sample(random.foldIn(key, 1), x.shape, { ...options, sigma }) };
    },
    perSample(params, x, draws) {
      const [batch, d] = requireBatch(name, x);
      const delta = requireDraw(name, draws, "delta", x.shape);
      const sigma = ladder && requireDraw(name, draws, "sigma", [batch]);
      const s = (z: Tensor): Tensor => evaluateScore(name, score, params, z, sigma);
      const g = noise.logDensityGradient(delta, sigma);
      const values = controlVariate
        ? withControl(s, x, delta, g, noise.meanSquaredScore(d, sigma) ?? rowSquaredNorm(g))
        : plain(s, x, delta, g);
      return sigma === undefined ? values : mul(square(sigma), values);
    },
  });
}
