// A multilayer perceptron as a score: s(x) = … φ(x W_1 + b_1) … W_L + b_L.
//
// Carries the exact trace of its Jacobian, so that implicit score matching costs about as much as
// one sliced projection. A perceptron with one output serves as a log density in `scoreOf`.
import type { Tensor, Tree } from "@cotangent/autodiff";
import { type FloatDType, requireBatch, requireOptions } from "../preconditions.ts";
import type { TracedScore } from "../score.ts";
import { type Activation, activationFunction } from "./activation.ts";
import { jacobianTrace } from "./jacobian-trace.ts";
import {
  forward,
  forwardWithSlopes,
  initialLayers,
  layersOf,
  type MlpParams,
  requireSizes,
} from "./layers.ts";

/** Options of `mlp`. */
export interface MlpOptions {
  /** Widths [input, ...hidden, output]; a score in d dimensions starts and ends with d. */
  readonly sizes: readonly number[];
  /** φ of the hidden layers (default tanh). Curvature trains best where φ is smooth. */
  readonly activation?: Activation;
}

/** A multilayer perceptron. */
export interface Mlp {
  readonly sizes: readonly number[];
  /** Fresh parameters: weights N(0, 1/in), biases 0; dtype f64 unless given. */
  init(key: Tensor, options?: { readonly dtype?: FloatDType }): MlpParams;
  /** The network: x [B, in] → [B, out]. The same function as `score`. */
  readonly apply: TracedScore;
  /** The network as a score, with its exact trace. */
  readonly score: TracedScore;
  /** tr ∂s/∂x per sample: x [B, d] → [B]. */
  readonly jacobianTrace: TracedScore["jacobianTrace"];
}

/**
 * A multilayer perceptron with an exact Jacobian trace by the cheapest contraction.
 *
 * Parameters: { layers: [{ weight: [in, out], bias: [out] }, …] }. The trace costs no factor d with
 * up to two hidden layers; deeper, min(d, narrowest width) tangents at most. Throws on bad sizes, an
 * unknown activation, or one that mixes elements.
 */
export function mlp(options: MlpOptions): Mlp {
  const operation = "mlp";
  const given = requireOptions(operation, options, "{ sizes: [2, 64, 2] }", [
    "sizes",
    "activation",
  ]);
  const { sizes, activation = "tanh" } = given;
  requireSizes(operation, sizes);
  const phi = activationFunction(operation, activation);
  const [width, out] = [sizes[0], sizes.at(-1)];

  const layers = (params: Tree, x: Tensor) => {
    requireInput(operation, x, width);
    return layersOf(operation, params, sizes);
  };
  const scoreAndTrace = (params: Tree, x: Tensor): readonly [Tensor, Tensor] => {
    if (width !== out)
      throw new TypeError(
        `${operation}: expected a score, as wide at the end as at the start, got sizes [${sizes}]; a Jacobian that is not square has no trace`,
      );
    const network = layers(params, x);
    const { output, slopes } = forwardWithSlopes(network, phi, x);
    const weights = network.map(({ weight }) => weight);
    return [output, jacobianTrace(weights, slopes, x.shape[0] ?? 0)];
  };
  const trace = (params: Tree, x: Tensor): Tensor => scoreAndTrace(params, x)[1];
  const apply = (params: Tree, x: Tensor): Tensor => forward(layers(params, x), phi, x);
  const score = Object.assign(apply, { jacobianTrace: trace, scoreAndTrace });
  return {
    sizes,
    init: (key, { dtype = "f64" } = {}) => ({ layers: initialLayers(key, sizes, dtype) }),
    apply: score,
    score,
    jacobianTrace: trace,
  };
}

/** Throws unless x is [B, width]. */
export function requireInput(operation: string, x: Tensor, width: number | undefined): number {
  const [batch, d] = requireBatch(operation, x);
  if (d !== width)
    throw new TypeError(
      `${operation}: expected x [B, ${width}], as sizes say, got [${batch}, ${d}]; make the first size the data's dimension`,
    );
  return batch;
}
