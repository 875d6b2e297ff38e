// A multilayer perceptron as one primitive of the engine.
//
//   mlp(x, W_1, c_1, …, W_L, c_L):   h_0 = x,  a_l = h_{l−1} W_l + c_l,  h_l = φ(a_l),  y = a_L
//
// Its jvp rule is the forward pass with a_l and h_l kept, and the tangents beside it:
//
//   ȧ_l = ḣ_{l−1} W_l + (h_{l−1} Ẇ_l + ċ_l),   ḣ_l = φ′(a_l) ∘ ȧ_l
//
// in the layers' own primitives, so that it nests to any order and transposes into the backward pass.
// Symbolic zeros stay: along x alone no weight moves, along the parameters x does not.
import {
  add,
  expandDims,
  matmul,
  notLinear,
  type PrimitiveFunction,
  primitive,
  type Spec,
  type Tangent,
  type Tensor,
} from "@cotangent/autodiff";
import type { ActivationName } from "../kernels/activation-text.ts";
import { network } from "../reference/network.ts";
import type { Values } from "../reference/values.ts";
import { applyActivation, scaleByDerivative } from "./activation.ts";
import { dense, denseDot } from "./dense.ts";
import { arrayOf, foldRows, sizesOf } from "./operands.ts";

export interface MlpParams {
  readonly activation: ActivationName;
}

/** Weight and bias of a layer. */
export interface LayerOf<T> {
  readonly weight: T;
  readonly bias: T;
}

/** The layers among the inputs x, W_1, c_1, … */
export const layersAmong = <T>(inputs: readonly T[]): LayerOf<T>[] =>
  Array.from({ length: (inputs.length - 1) / 2 }, (_, l) => ({
    weight: inputs[2 * l + 1]!,
    bias: inputs[2 * l + 2]!,
  }));

/** The widths [input, ...hidden, output]; throws, naming the operand, where they do not fit. */
export function widthsOf(
  operation: string,
  x: Spec | undefined,
  layers: readonly LayerOf<Spec | undefined>[],
): readonly number[] {
  if (layers.length === 0)
    throw new TypeError(`${operation}: expected at least one layer { weight, bias }, got none`);
  const axes = layers.map((_, l) => `width ${l + 1}`);
  const operands = layers.flatMap(({ weight, bias }, l) => [
    [`layers[${l}].weight`, weight, [l === 0 ? "inputs" : axes[l - 1]!, axes[l]!]] as const,
    [`layers[${l}].bias`, bias, [axes[l]!]] as const,
  ]);
  const sizes = sizesOf<string>(operation, [...operands, ["x", x, ["batch", "inputs"]]]);
  return ["inputs", ...axes].map((axis) => sizes[axis] ?? 0);
}

/** What a pass over the layers gives. Index l of `slopes` counts hidden layers from 0. */
export interface Pass {
  readonly y: Tensor;
  readonly yDot: Tangent;
  /** a of each hidden layer: [batch, width]. */
  readonly preactivations: readonly Tensor[];
}

/** The forward pass with all a_l kept, and the tangents of what moves, in the order of the inputs. */
export function forwardPass(
  inputs: readonly Tensor[],
  tangents: readonly Tangent[],
  { activation }: MlpParams,
): Pass {
  const preactivations: Tensor[] = [];
  let [h, hDot] = [inputs[0]!, tangents[0] ?? null];
  for (const [l, { weight, bias }] of layersAmong(inputs).entries()) {
    if (l > 0) {
      preactivations.push(h);
      const a = h;
      h = applyActivation(a, { activation, order: 0 });
      hDot = hDot && scaleByDerivative(a, hDot, { activation, order: 1 });
    }
    hDot = denseDot([hDot, tangents[2 * l + 1], tangents[2 * l + 2]], [h, weight]);
    h = dense(h, weight, bias);
  }
  return { y: h, yDot: hDot, preactivations };
}

const whole: PrimitiveFunction<MlpParams> = primitive<MlpParams>({
  name: "mlp",
  shape([x, ...rest]) {
    const widths = widthsOf("mlp", x, layersAmong([x, ...rest]));
    return { dtype: x!.dtype, shape: [x!.shape[0] ?? 0, widths.at(-1) ?? 0] };
  },
  evaluate(inputs, out, { activation }) {
    const [batch = 0] = out.shape;
    const layers = layersAmong(inputs);
    const y = layers.reduce<Values>((x, { weight, bias }, l) => {
      const [width = 0, outputs = 0] = weight.shape;
      const sizes = { batch, inputs: width, outputs };
      const phi = l === layers.length - 1 ? "identity" : activation;
      const given = { x, weight: weight.data, bias: bias.data };
      return network.denseForward({ ...sizes, activation: phi }, given);
    }, inputs[0]!.data);
    return arrayOf(out, Float64Array.from(y));
  },
  jvp: (tangents, primals, _y, params) => forwardPass(primals, tangents, params).yDot,
  transpose: notLinear("mlp"),
  batch(inputs, mapped, _size, { activation }) {
    const [x, ...params] = inputs as [Tensor, ...Tensor[]];
    if (!mapped.slice(1).includes(true))
      return foldRows(x, (rows) => whole([rows, ...params], { activation }));
    // Members with weights of their own share no kernel: products of batches, which compile without one.
    return layersAmong(inputs).reduce((h, { weight, bias }, l) => {
      const phi = (rows: Tensor) => applyActivation(rows, { activation, order: 0 });
      const active = l === 0 ? h : h.shape.length === 3 ? foldRows(h, phi) : phi(h);
      const isBiasMapped = mapped[2 * l + 2];
      return add(matmul(active, weight), isBiasMapped ? expandDims(bias, 1) : bias);
    }, x);
  },
});

/** The perceptron of x: [batch, in] and its layers; inputs x, W_1, c_1, … */
export const applyMlp: PrimitiveFunction<MlpParams> = withPass(whole);

/** A record's rule gives ẏ beside the equation's own y; with that of its own pass, the layers run once. */
function withPass(apply: PrimitiveFunction<MlpParams>): PrimitiveFunction<MlpParams> {
  Object.assign(apply.primitive, {
    jvp: (primals: readonly Tensor[], tangents: readonly Tangent[], params: MlpParams) => {
      const { y, yDot } = forwardPass(primals, tangents, params);
      return { outputs: [y], tangents: [yDot] };
    },
  });
  return apply;
}
