// A noise-conditional score with the preconditioning of Karras et al. 2022 (EDM, table 1).
//
//   D(x; σ) = c_skip x + c_out F(c_in x, c_noise),   s = (D − x)/σ²
//   c_skip = σ_d²/(σ² + σ_d²),  c_out = σσ_d/√(σ² + σ_d²),  c_in = 1/√(σ² + σ_d²),  c_noise = ¼ ln σ
//
// so that, without cancellation, s = −x/(σ² + σ_d²) + σ_d/(σ√(σ² + σ_d²))·F. F starts at zero, where
// s is the exact score of N(0, σ_d²I) at every noise level.
import {
  add,
  concat,
  cos,
  div,
  expandDims,
  log,
  mul,
  sin,
  slice,
  sqrt,
  square,
  squeeze,
  sub,
  type Tensor,
  type Tree,
  zeros,
} from "@cotangent/autodiff";
import {
  type FloatDType,
  requireOptions,
  requirePositive,
  requireShape,
} from "../preconditions.ts";
import type { TracedScore } from "../score.ts";
import { type Activation, activationFunction } from "./activation.ts";
import { jacobianTrace } from "./jacobian-trace.ts";
import {
  forward,
  forwardWithSlopes,
  initialLayers,
  type Layer,
  layersOf,
  type MlpParams,
  requireSizes,
} from "./layers.ts";
import { requireInput } from "./mlp.ts";

/** Options of `conditionalMlp`. */
export interface ConditionalMlpOptions {
  /** Widths [d, ...hidden, d]; the first layer also takes the embedding of the noise level. */
  readonly sizes: readonly number[];
  /** φ of the hidden layers (default silu). */
  readonly activation?: Activation;
  /** σ_d, the data's standard deviation, in data units (default 1: standardised data). */
  readonly dataStd?: number;
}

/** A noise-conditional network. */
export interface ConditionalMlp {
  readonly sizes: readonly number[];
  /** Fresh parameters, the last layer zero; dtype f64 unless given. */
  init(key: Tensor, options?: { readonly dtype?: FloatDType }): MlpParams;
  /** s(params, x, sigma), x: [B, d], sigma: [B] in data units; with its exact trace in x. */
  readonly score: TracedScore;
}

/** Frequencies of the embedding of c = ¼ ln σ: [c, sin c·f, cos c·f for each f]. */
const frequencies = [1, 2, 4, 8];
const embeddingWidth = 1 + 2 * frequencies.length;

/**
 * A noise-conditional score network that starts at the optimal score of Gaussian data.
 *
 * Train it with `denoising(score, { noise: gaussianLadder(…) })`, whose σ² weights keep its target of
 * order one at every level. The score throws if sigma is missing or not [B].
 * Source: Karras, Aittala, Aila & Laine 2022, table 1 and appendix B.6.
 */
export function conditionalMlp(options: ConditionalMlpOptions): ConditionalMlp {
  const operation = "conditionalMlp";
  const given = requireOptions(operation, options, "{ sizes: [2, 64, 2] }", [
    "sizes",
    "activation",
    "dataStd",
  ]);
  const { sizes, activation = "silu", dataStd = 1 } = given;
  requireSizes(operation, sizes);
  requirePositive(operation, "dataStd", dataStd, "give the data's standard deviation");
  const [d = 0, ...rest] = sizes;
  if (d !== sizes.at(-1))
    throw new TypeError(
      `${operation}: expected as many outputs as inputs, got sizes [${sizes}]; a score in d dimensions is [d, ...hidden, d]`,
    );
  const phi = activationFunction(operation, activation);
  const widths = [d + embeddingWidth, ...rest];

  /** The coefficients as columns [B, 1], and the network's input [B, d + embedding]. */
  const prepare = (x: Tensor, sigma: Tensor | undefined) => {
    const batch = requireInput(operation, x, d);
    const level = requireLevel(operation, sigma, batch);
    const variance = add(square(level), dataStd ** 2);
    const cIn = div(1, sqrt(variance));
    const gain = mul(div(dataStd, level), cIn); // c_out/σ²
    const inputs = concat([mul(cIn, x), embed(mul(0.25, log(level)))], 1);
    return { batch, variance, cIn, gain, inputs };
  };
  const apply = (params: Tree, x: Tensor, sigma?: Tensor): Tensor => {
    const { variance, gain, inputs } = prepare(x, sigma);
    const f = forward(layersOf(operation, params, widths), phi, inputs);
    return sub(mul(gain, f), div(x, variance));
  };
  const scoreAndTrace = (params: Tree, x: Tensor, sigma?: Tensor): readonly [Tensor, Tensor] => {
    const { batch, variance, cIn, gain, inputs } = prepare(x, sigma);
    const layers = layersOf(operation, params, widths);
    const { output, slopes } = forwardWithSlopes(layers, phi, inputs);
    // x enters through the first d rows of the first weight alone.
    const weights = layers.map(({ weight }, l) =>
      l === 0 ? slice(weight, [0, 0], [d, widths[1] ?? 0]) : weight,
    );
    const trace = expandDims(jacobianTrace(weights, slopes, batch), 1);
    const total = sub(mul(mul(gain, cIn), trace), div(d, variance));
    return [sub(mul(gain, output), div(x, variance)), squeeze(total, 1)];
  };
  const score = Object.assign(apply, {
    jacobianTrace: (params: Tree, x: Tensor, sigma?: Tensor) => scoreAndTrace(params, x, sigma)[1],
    scoreAndTrace,
  });
  return {
    sizes,
    init: (key, { dtype = "f64" } = {}) => ({
      layers: zeroLast(initialLayers(key, widths, dtype)),
    }),
    score,
  };
}

/** sigma: [B] as a column [B, 1]. */
function requireLevel(operation: string, sigma: Tensor | undefined, batch: number): Tensor {
  if (sigma === undefined)
    throw new TypeError(
      `${operation}: expected sigma [${batch}], the noise level of each row, got none; pass it, or fix one with atNoiseLevel(score, sigma)`,
    );
  const remedy = "give one standard deviation a row";
  return expandDims(requireShape(operation, "sigma", sigma, [batch], remedy), 1);
}

/** Features of c = ¼ ln σ. c: [B, 1] → [B, 1 + 2·frequencies]. */
function embed(c: Tensor): Tensor {
  const waves = frequencies.flatMap((f) => [sin(mul(f, c)), cos(mul(f, c))]);
  return concat([c, ...waves], 1);
}

/** The layers with the last one's weight and bias zero. */
function zeroLast(layers: readonly Layer[]): Layer[] {
  return layers.map((layer, l) => {
    if (l < layers.length - 1) return layer;
    const { weight, bias } = layer;
    return {
      weight: zeros(weight.shape, { dtype: weight.dtype }),
      bias: zeros(bias.shape, { dtype: bias.dtype }),
    };
  });
}
