// Stein's unbiased risk estimate: a denoiser's squared error without the clean data.
//
//   h(x̃) = x̃ + σ²s(x̃):   E‖h − x‖² = E[dσ² + 2σ⁴(tr ∂s/∂x̃ + ½‖s‖²)]
//
// which is 2σ⁴ times the implicit objective on the noisy data, plus dσ² (Stein 1981, theorem 1).
import {
  add,
  broadcastTo,
  expandDims,
  eye,
  jvp,
  mean,
  mul,
  square,
  sum,
  type Tensor,
  vmap,
} from "@cotangent/autodiff";
import { requireChains, requireFunction, requireOptions, requireShape } from "./preconditions.ts";
import { type NoisyScore, noiseLevels } from "./tweedie.ts";

/** Options of `sure`. */
export interface SureOptions {
  /** Probes v: [M, B, d] with E[vvᵀ] = I, which estimate the trace by vᵀJv; absent: exact, d tangents. */
  readonly probes?: Tensor;
}

/**
 * Per-sample unbiased estimate of the risk ‖h(x̃) − x‖² of the denoiser h = x̃ + σ²s(x̃).
 *
 * noisy: [B, d]; sigma: a number, or [B], in data units; result [B], in (data units)². A denoiser h is given as its
 * score, (h(x) − x)/σ². Rows of the score must not depend on each other.
 * Source: Stein 1981, theorem 1; probes: Ramani, Blu & Unser 2008.
 */
export function sure(
  score: NoisyScore,
  noisy: Tensor,
  sigma: number | Tensor,
  options: SureOptions = {},
): Tensor {
  const { probes } = requireOptions("sure", options, "{ probes: tensor([M, B, d]) }", ["probes"]);
  requireFunction("sure", "the score", score);
  const [batch, d] = requireChains("sure", noisy);
  const levels = noiseLevels("sure", noisy, sigma);
  const s = (x: Tensor): Tensor => requireShape("sure", "the score", score(x, levels), x.shape);
  const quadratic = (v: Tensor): Tensor => sum(mul(v, jvp(s, [noisy], [v])[1]), -1);
  const alongAxis = (axis: Tensor): Tensor =>
    quadratic(broadcastTo(expandDims(axis, 0), [batch, d]));

  if (probes) requireShape("sure", "probes", probes, [probes.shape?.[0] ?? 0, batch, d]);
  const trace = probes
    ? mean(vmap(quadratic)(probes), 0)
    : sum(vmap(alongAxis)(eye(d, { dtype: noisy.dtype })), 0);

  const variance = square(levels);
  const implicit = add(trace, mul(0.5, sum(square(s(noisy)), -1)));
  return add(mul(d, variance), mul(mul(2, square(variance)), implicit));
}
