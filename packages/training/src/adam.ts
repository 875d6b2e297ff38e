/**
 * Adam, with decoupled weight decay (AdamW) when asked for; t counts from 0:
 *
 *   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *   p ← p − η f(t) ( m̂/(√v̂ + ε) + λ p ),   m̂ = m/(1 − β₁ᵗ⁺¹),   v̂ = v/(1 − β₂ᵗ⁺¹)
 *
 * The first step moves each parameter by η·sign(g), up to ε.
 * Sources: Kingma and Ba, Adam, ICLR 2015, algorithm 1; Loshchilov and Hutter, Decoupled Weight Decay
 * Regularization, ICLR 2019, algorithm 2 (λ there multiplies the schedule only; here also η, as in PyTorch).
 */
import {
  add,
  div,
  expm1,
  mul,
  neg,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tree,
  tree,
  zeros,
} from "@cotangent/autodiff";
import {
  clipByGlobalNorm,
  type Optimiser,
  type OptimiserOptions,
  rateAt,
  requireOptimiserOptions,
  scaled,
  stepOf,
} from "./optimiser.ts";
import { requireNumber } from "./preconditions.ts";

export interface AdamOptions extends OptimiserOptions {
  /** β₁ in [0, 1), the decay of the mean gradient; default 0.9. */
  readonly beta1?: number;
  /** β₂ in [0, 1), the decay of the mean square; default 0.999. */
  readonly beta2?: number;
  /** ε, in units of the gradient; default 1e-8. */
  readonly epsilon?: number;
  /** λ, decoupled weight decay; default 0. */
  readonly weightDecay?: number;
}

/** Adam; see the module header. Its state is { first: m, second: v }, trees like the parameters. */
export function adam(given: AdamOptions): Optimiser {
  const own = { beta1: false, beta2: false, epsilon: false, weightDecay: false };
  const options = requireOptimiserOptions("adam", given, own);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm } = options;
  requireNumber("adam", "beta1", beta1, "in [0, 1)", (β) => β >= 0 && β < 1);
  requireNumber("adam", "beta2", beta2, "in [0, 1)", (β) => β >= 0 && β < 1);
  requireNumber("adam", "epsilon", epsilon, "> 0", (ε) => ε > 0);
  requireNumber("adam", "weightDecay", weightDecay, ">= 0", (λ) => λ >= 0);
  return {
    name: "adam",
    init(params) {
      const none = tree.map((p) => zeros(p.shape, { dtype: p.dtype }), params);
      return { first: none, second: none };
    },
    update(params, grads, state, step) {
      const t = stepOf(step, params);
      const rate = rateAt(options, t);
      const clipped = clipByGlobalNorm(grads, clipNorm);
      const { first: m, second: v } = state as { first: Tree; second: Tree };
      const first = tree.map((m, g) => add(mul(beta1, m), mul(1 - beta1, g)), m, clipped);
      const second = tree.map((v, g) => add(mul(beta2, v), mul(1 - beta2, square(g))), v, clipped);
      const unbias1 = div(1, oneMinusPower(beta1, t));
      const unbias2 = div(1, oneMinusPower(beta2, t));
      const next = tree.map(
        (p, m, v) => {
          const direction = div(scaled(m, unbias1), add(sqrt(scaled(v, unbias2)), epsilon));
          const move = weightDecay === 0 ? direction : add(direction, mul(weightDecay, p));
          return sub(p, scaled(move, rate));
        },
        params,
        first,
        second,
      );
      return { params: next, state: { first, second } };
    },
  };
}

/** 1 − βᵗ⁺¹ = −expm1((t + 1) ln β), accurate in f32 too, where 1 − .999 keeps only four digits. */
function oneMinusPower(beta: number, t: Tensor): Tensor {
  return neg(expm1(mul(Math.log(beta), add(t, 1))));
}
