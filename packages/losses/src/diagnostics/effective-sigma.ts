// The noise level whose score a model resembles most, and whether it points the right way.
//
//   s = ∇log q_σ   ⟹   E_{q_σ}[tr J + ‖s‖²] = ∫ Δq_σ = 0,    q_σ = p ∗ N(0, σ²I)
//
// The mean grows with σ for a score that points inward, so its zero is found by bisection. The second
// identity is Stein's with h(x) = x − μ:  E_p[(x − μ)·∇log p] = −d.
import { random, type Tensor, type Tree } from "@cotangent/autodiff";
import { implicit } from "../implicit.ts";
import { rowDot, rowSquaredNorm } from "../inner-products.ts";
import { requireBatch, requireFloat, requireOptions, requirePositive } from "../preconditions.ts";
import { evaluateScore, type Score } from "../score.ts";

/** What `effectiveSigma` found. */
export interface EffectiveSigma {
  /** In data units; 0 when it is at least as steep as the data's or has the wrong sign; `largest` when none fits; NaN for a NaN score. */
  readonly sigma: number;
  /** −E[(x − μ)·s(x)]/d on the data: 1 for their true score, below 0 when the score has the wrong sign. */
  readonly alignment: number;
}

/** Options of `effectiveSigma`. */
export interface EffectiveSigmaOptions {
  /** The largest level looked for, in data units (default: twice the data's spread). */
  readonly largest?: number;
}

/**
 * The σ for which a score passes for ∇log(p ∗ N(0, σ²I)), judged on the rows of x: [B, d].
 *
 * Conclude: a model trained by denoising at σ should find about that σ; well above, it is smoother than
 * that density (too small a network, too few steps); well below, it is too steep: it overfits the rows, or
 * errs at random, since an error adds its square to the mean. One trained without noise should find a
 * σ near 0. An `alignment` below 0 is an energy's sign: give `scoreOf` log p = −E, not E. `key` draws
 * the noise. Throws unless largest > 0, and without it for rows that do not differ.
 */
export function effectiveSigma<P extends Tree>(
  score: Score<P>,
  params: P,
  x: Tensor,
  key: Tensor,
  options: EffectiveSigmaOptions = {},
): EffectiveSigma {
  const name = "effectiveSigma";
  const { largest } = requireOptions(name, options, "{ largest: 2 }", ["largest"]);
  const [, d] = requireBatch(name, x);
  const centred = x.sub(x.mean(0));
  const spread = 2 * Math.sqrt(rowSquaredNorm(centred).mean().item() / d);
  if (largest === undefined && spread === 0)
    throw new RangeError(
      `${name}: expected x [B, d] with rows that differ, got ${x.shape[0]} without any spread; give more data, or the largest level to look for`,
    );
  const limit = requirePositive(name, "largest", largest ?? spread, "give a level in data units");
  const epsilon = random.normal(key, x.shape, { dtype: requireFloat(name, x) });
  const s = (z: Tensor): Tensor => evaluateScore(name, score, params, z);
  const objective = implicit(score);
  // tr J + ‖s‖², with the same noise at every level, so that it is a function of σ.
  const excess = (sigma: number): number => {
    const noisy = x.add(epsilon.mul(sigma));
    const half = rowSquaredNorm(s(noisy)).mul(0.5);
    return objective.perSample(params, noisy, {}).add(half).mean().item();
  };
  let [low, high] = [0, limit];
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  const atData = excess(0);
  // Without a number there is no comparison, and no level either.
  const sigma = Number.isNaN(atData) ? Number.NaN : atData >= 0 ? 0 : low;
  return { sigma, alignment: -rowDot(centred, s(x)).mean().item() / d };
}
