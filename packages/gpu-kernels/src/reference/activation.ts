// φ, φ′ and φ″ in f64, as their definitions read.
//
//   relu′(0) = 0 and relu(NaN) = NaN: the engine's conventions
import type { ActivationName, Order } from "../kernels/activation-text.ts";

type Scalar = (a: number) => number;

// e = exp −|a| never overflows.
const sigma: Scalar = (a) => (a < 0 ? Math.exp(a) : 1) / (1 + Math.exp(-Math.abs(a)));
const sigmaSlope: Scalar = (a) => Math.exp(-Math.abs(a)) / (1 + Math.exp(-Math.abs(a))) ** 2;
const tanhSlope: Scalar = (a) => 4 * sigmaSlope(2 * a);

const definitions: Readonly<Record<ActivationName, readonly [Scalar, Scalar, Scalar]>> = {
  tanh: [Math.tanh, tanhSlope, (a) => -2 * Math.tanh(a) * tanhSlope(a)],
  sigmoid: [sigma, sigmaSlope, (a) => sigmaSlope(a) * (1 - 2 * sigma(a))],
  softplus: [(a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), sigma, sigmaSlope],
  silu: [
    (a) => a * sigma(a),
    (a) => sigma(a) + a * sigmaSlope(a),
    (a) => sigmaSlope(a) * (2 + a * (1 - 2 * sigma(a))),
  ],
  relu: [(a) => (a <= 0 ? 0 : a), (a) => (a <= 0 ? 0 : 1), () => 0],
  identity: [(a) => a, () => 1, () => 0],
};

/** φ, φ′ or φ″ of one number. */
export const activationOf = (activation: ActivationName, order: Order): Scalar =>
  definitions[activation][order];
