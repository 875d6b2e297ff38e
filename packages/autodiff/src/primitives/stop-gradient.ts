// stopGradient: the identity with a zero tangent.
import type { NDArray, Spec } from "../array.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, zeroTangent, type Primitive, type PrimitiveFunction } from "../primitive.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { toTensor } from "./cast.ts";

const stop: PrimitiveFunction<object> = primitive({
  name: "stopGradient",
  shape: ([x]) => x as Spec,
  evaluate: ([x]) => x as NDArray,
  jvp: zeroTangent,
  transpose: notLinear("stopGradient"),
  batch: (inputs) => stop(inputs, {}),
});
export const stopGradientPrimitive: Primitive = stop.primitive;

/** `x` itself, taken as a constant by every derivative. */
export const stopGradient = (x: TensorLike): Tensor => stop([toTensor("stopGradient", x)], {});
