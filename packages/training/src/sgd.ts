/**
 * Stochastic gradient descent with momentum:
 *
 *   v ← μ v + g,   p ← p − η f(t) v
 *
 * Source: Sutskever et al., On the importance of initialization and momentum, ICML 2013, in the form
 * where the learning rate multiplies the velocity, as PyTorch's torch.optim.SGD has it.
 */
import { add, mul, sub, type Tree, tree, zeros } from "@cotangent/autodiff";
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

export interface SgdOptions extends OptimiserOptions {
  /** μ in [0, 1); default 0. */
  readonly momentum?: number;
}

/** Gradient descent with momentum; see the module header. */
export function sgd(given: SgdOptions): Optimiser {
  const options = requireOptimiserOptions("sgd", given, { momentum: false });
  const { momentum = 0, clipNorm } = options;
  requireNumber("sgd", "momentum", momentum, "in [0, 1)", (μ) => μ >= 0 && μ < 1);
  return {
    name: "sgd",
    init: (params) =>
      momentum === 0
        ? {}
        : { velocity: tree.map((p) => zeros(p.shape, { dtype: p.dtype }), params) },
    update(params, grads, state, step) {
      const rate = rateAt(options, stepOf(step, params));
      const clipped = clipByGlobalNorm(grads, clipNorm);
      const velocity =
        momentum === 0
          ? clipped
          : tree.map(
              (v, g) => add(mul(momentum, v), g),
              (state as { velocity: Tree }).velocity,
              clipped,
            );
      return {
        params: tree.map((p, v) => sub(p, scaled(v, rate)), params, velocity),
        state: momentum === 0 ? {} : { velocity },
      };
    },
  };
}
