// An activation or one of its derivatives, and the product with it that tangents and cotangents go through.
//
//   activation          y = φ⁽ᵏ⁾(a)          ẏ = φ⁽ᵏ⁺¹⁾(a) ∘ ȧ                       k = 0, 1, 2
//   scaleByDerivative   y = φ⁽ᵏ⁾(a) ∘ z      ẏ = φ⁽ᵏ⁾(a) ∘ ż + z ∘ (φ⁽ᵏ⁺¹⁾(a) ∘ ȧ)    k = 1, 2
//
// a, z: [batch, width]. The second is linear in z and its own transpose. Where φ″ is zero everywhere (relu,
// identity) tangents of slopes are symbolic zeros. From the third derivative on the engine's operations serve.
import {
  mul,
  notLinear,
  type Primitive,
  type PrimitiveFunction,
  primitive,
  reshape,
  type Tangent,
  Tensor,
} from "@cotangent/autodiff";
import { type ActivationName, isCurved, type Order } from "../kernels/activation-text.ts";
import { contractions } from "../reference/contractions.ts";
import { network } from "../reference/network.ts";
import { derivativeAlong } from "./engine-activation.ts";
import { arrayOf, foldRows, sizesOf, total } from "./operands.ts";

/** Which activation, and which of its derivatives. */
export interface ActivationParams {
  readonly activation: ActivationName;
  readonly order: Order;
}

/** φ⁽ᵏ⁾(a) ∘ z for any k ≥ 1; null where it is zero for every a. */
function along(activation: ActivationName, order: number, a: Tensor, z: Tensor): Tangent {
  if (order > 1 && !isCurved(activation)) return null;
  if (order === 1 || order === 2) return scaleByDerivative(a, z, { activation, order });
  return derivativeAlong(activation, order, a, z);
}

const matrix = ["batch", "width"] as const;

const phi: PrimitiveFunction<ActivationParams> = primitive<ActivationParams>({
  name: "activation",
  shape([a]) {
    const { batch, width } = sizesOf("activation", [["a", a, matrix]]);
    return { dtype: a!.dtype, shape: [batch, width] };
  },
  evaluate([a], out, params) {
    const [batch = 0, width = 0] = a!.shape;
    return arrayOf(out, network.activation({ batch, width, ...params }, { a: a!.data }));
  },
  jvp: ([aDot], [a], _y, { activation, order }) => along(activation, order + 1, a!, aDot!),
  transpose: notLinear("activation"),
  batch: ([a], _mapped, _size, params) => foldRows(a!, (rows) => applyActivation(rows, params)),
});

/** φ⁽ᵏ⁾(a). a: [batch, width]. */
export const applyActivation: ((a: Tensor, params: ActivationParams) => Tensor) & {
  readonly primitive: Primitive;
} = Object.assign((a: Tensor, params: ActivationParams) => phi([a], params), {
  primitive: phi.primitive,
});

const scale: PrimitiveFunction<ActivationParams> = primitive<ActivationParams>({
  name: "scaleByDerivative",
  shape([a, z]) {
    const { batch, width } = sizesOf("scaleByDerivative", [
      ["a", a, matrix],
      ["z", z, matrix],
    ]);
    return { dtype: a!.dtype, shape: [batch, width] };
  },
  evaluate([a, z], out, { activation, order }) {
    const [batch = 0, width = 0] = a!.shape;
    const sizes = { batch, width, activation };
    if (order === 1) return arrayOf(out, network.scaleBySlope(sizes, { a: a!.data, z: z!.data }));
    const p = network.activation({ ...sizes, order }, { a: a!.data });
    return arrayOf(out, contractions.times({ shape: [batch, width] }, { p, q: z!.data }));
  },
  jvp([aDot, zDot], [a, z], _y, params) {
    const moved = zDot ? scaleByDerivative(a!, zDot, params) : null;
    const bent = aDot ? along(params.activation, params.order + 1, a!, aDot) : null;
    return total(moved, bent && mul(z!, bent));
  },
  transpose(yBar, [a, z], params) {
    if (!(a instanceof Tensor) || z instanceof Tensor) return notLinear("scaleByDerivative")(yBar);
    return [null, scaleByDerivative(a, yBar, params)];
  },
  batch([a, z], [isMapped, isScaledMapped], _size, params) {
    if (isMapped && isScaledMapped)
      return foldRows(a!, (rows) => scaleByDerivative(rows, reshape(z!, rows.shape), params));
    // Members that share a also share the derivative: it is computed once.
    const derivative = isMapped
      ? foldRows(a!, (rows) => applyActivation(rows, params))
      : applyActivation(a!, params);
    return mul(derivative, z!);
  },
});

/** φ⁽ᵏ⁾(a) ∘ z, k = 1 or 2. a, z: [batch, width]. */
export const scaleByDerivative: ((a: Tensor, z: Tensor, params: ActivationParams) => Tensor) & {
  readonly primitive: Primitive;
} = Object.assign((a: Tensor, z: Tensor, params: ActivationParams) => scale([a, z], params), {
  primitive: scale.primitive,
});
