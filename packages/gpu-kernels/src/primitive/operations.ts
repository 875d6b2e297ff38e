// What each of the network's primitives is made of in the engine's operations, for other compilers.
//
//   compile(f, { lowerings: networkOperations })        of @cotangent/cpu-kernels
//
// The same functions as src/reference, to rounding; no code is shared with it.
import {
  add,
  matmul,
  type Params,
  type Primitive,
  permute,
  sum,
  type Tensor,
} from "@cotangent/autodiff";
import { type ActivationParams, applyActivation, scaleByDerivative } from "./activation.ts";
import { dense, denseBackwardBias } from "./dense.ts";
import { derivativeAlong, derivativeAt } from "./engine-activation.ts";
import { applyMlp, layersAmong, type MlpParams } from "./mlp.ts";
import { denseBackwardInput, denseBackwardWeight, denseTangent } from "./products.ts";

/** All primitives of the network, for `fromJSON(json, networkPrimitives)`. */
export const networkPrimitives: readonly Primitive[] = [
  applyMlp,
  dense,
  denseTangent,
  denseBackwardInput,
  denseBackwardWeight,
  denseBackwardBias,
  applyActivation,
  scaleByDerivative,
].map(({ primitive }) => primitive);

type Operation = (inputs: readonly Tensor[], params: Params) => Tensor;
type Inputs = readonly Tensor[];
const ofOne =
  (f: (a: Tensor) => Tensor) =>
  ([a]: Inputs) =>
    f(a!);
const ofTwo =
  (f: (a: Tensor, b: Tensor) => Tensor) =>
  ([a, b]: Inputs) =>
    f(a!, b!);
const layer = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => add(matmul(x, weight), bias);

/** Each primitive of `deviceMlp` and its derivatives, by name, in the engine's operations. */
export const networkOperations: Readonly<Record<string, Operation>> = {
  mlp(inputs, params) {
    const { activation } = params as unknown as MlpParams;
    return layersAmong(inputs).reduce(
      (h, { weight, bias }, l) => layer(l === 0 ? h : derivativeAt(activation, 0, h), weight, bias),
      inputs[0]!,
    );
  },
  dense: ([x, weight, bias]) => layer(x!, weight!, bias!),
  denseTangent: ofTwo((xDot, weight) => matmul(xDot, weight)),
  denseBackwardInput: ofTwo((yBar, weight) => matmul(yBar, permute(weight))),
  denseBackwardWeight: ofTwo((x, yBar) => matmul(permute(x), yBar)),
  denseBackwardBias: ofOne((yBar) => sum(yBar, 0)),
  activation([a], params) {
    const { activation, order } = params as unknown as ActivationParams;
    return derivativeAt(activation, order, a!);
  },
  scaleByDerivative([a, z], params) {
    const { activation, order } = params as unknown as ActivationParams;
    return derivativeAlong(activation, order, a!, z!);
  },
};
