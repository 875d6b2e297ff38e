// The perceptron as a function of parameters and rows, and as a score: what people call.
import { astype, Tensor, type Tree } from "@cotangent/autodiff";
import { type ActivationName, activationNames } from "../kernels/activation-text.ts";
import { applyActivation } from "./activation.ts";
import { applyMlp, forwardPass, layersAmong, widthsOf } from "./mlp.ts";
import { jacobianTrace } from "./trace.ts";

/** Options of `deviceMlp`. */
export interface DeviceMlpOptions {
  /** φ of the hidden layers (default tanh). */
  readonly activation?: ActivationName;
}

/** A perceptron: x: [rows, in] → [rows, out]. Serves as a score of @cotangent/losses where in = out. */
export interface DeviceMlp {
  (params: Tree, x: Tensor): Tensor;
  /** tr ∂s/∂x of each row: [rows]. Throws unless the network is as wide at the end as at the start. */
  readonly jacobianTrace: (params: Tree, x: Tensor) => Tensor;
  /** [s, tr ∂s/∂x], sharing the forward pass: [[rows, d], [rows]]. */
  readonly scoreAndTrace: (params: Tree, x: Tensor) => readonly [Tensor, Tensor];
}

const operation = "deviceMlp";

/**
 * A perceptron as one equation of the engine, which `compile(device, f)` runs by the hand-written kernels.
 *
 * y = … φ(x W_1 + c_1) … W_L + c_L, for params { layers: [{ weight: [in, out], bias: [out] }, …] } and x:
 * [rows, in], as @cotangent/losses' mlp. Differentiate, vmap and trace it like any function: its derivatives
 * are equations that have kernels too. The interpreter evaluates the plain reference, in f64 unless all is f32.
 * Throws a TypeError for an activation without kernels, widths that do not fit, and arrays of other rank.
 */
export function deviceMlp({ activation = "tanh" }: DeviceMlpOptions = {}): DeviceMlp {
  if (!activationNames.includes(activation))
    throw new TypeError(
      `${operation}: expected an activation with kernels, one of ${activationNames.join(", ")}, got ${JSON.stringify(activation)}; for others take mlp of @cotangent/losses, which compiles without kernels of its own`,
    );
  const scoreAndTrace = (params: Tree, x: Tensor): readonly [Tensor, Tensor] => {
    const inputs = inputsOf(params, x);
    const layers = layersAmong(inputs);
    const [width, ...rest] = widthsOf(operation, inputs[0], layers);
    if (width !== rest.at(-1))
      throw new TypeError(
        `${operation}: expected a score, as wide at the end as at the start, got sizes [${[width, ...rest]}]; a Jacobian that is not square has no trace`,
      );
    const { y, preactivations } = forwardPass(inputs, [], { activation });
    const slopes = preactivations.map((a) => applyActivation(a, { activation, order: 1 }));
    const weights = layers.map(({ weight }) => weight);
    return [y, jacobianTrace(weights, slopes, x.shape[0] ?? 0)];
  };
  const apply = (params: Tree, x: Tensor): Tensor => {
    const inputs = inputsOf(params, x);
    widthsOf(operation, inputs[0], layersAmong(inputs));
    return applyMlp(inputs, { activation });
  };
  return Object.assign(apply, {
    scoreAndTrace,
    jacobianTrace: (params: Tree, x: Tensor) => scoreAndTrace(params, x)[1],
  });
}

/** x, W_1, c_1, … in one dtype; throws where the tree is not a network's or holds no floats. */
function inputsOf(params: Tree, x: Tensor): Tensor[] {
  const layers = isRecord(params) ? params.layers : undefined;
  if (!Array.isArray(layers))
    throw new TypeError(
      `${operation}: expected parameters { layers: [{ weight, bias }, …] }, got ${isRecord(params) ? `keys { ${Object.keys(params).join(", ")} }` : typeof params}; make them with mlp({ sizes }).init(key) of @cotangent/losses`,
    );
  const arrays = layers.flatMap((layer: Tree, l) =>
    ["weight", "bias"].map((role) => [
      `layers[${l}].${role}`,
      isRecord(layer) ? layer[role] : undefined,
    ]),
  ) as [string, Tree | undefined][];
  const named: [string, Tree | undefined][] = [["x", x], ...arrays];
  const tensors = named.map(([name, value]) => {
    if (value instanceof Tensor && (value.dtype === "f64" || value.dtype === "f32")) return value;
    const got = value instanceof Tensor ? `${value.dtype}[${value.shape}]` : typeof value;
    throw new TypeError(
      `${operation}: expected ${name} to be a tensor in f64 or f32, got ${got}; convert numbers with tensor(…) and integers with astype`,
    );
  });
  const isSingle = tensors.every(({ dtype }) => dtype === "f32");
  return isSingle ? tensors : tensors.map((value) => astype(value, "f64"));
}

const isRecord = (node: Tree | undefined): node is { readonly [key: string]: Tree } =>
  typeof node === "object" && node !== null && !(node instanceof Tensor) && !Array.isArray(node);
