// What each primitive of the family means in 64 digits, from the mathematics: shares no code with it.
import type { PrimitiveOptions } from "@cotangent/gradcheck";
import type { ActivationName } from "../../src/index.ts";

export type Definition = NonNullable<PrimitiveOptions["definition"]>;
type Array64 = Parameters<Definition>[0][number];
export type Big = Array64["data"][number];

const at = (m: Array64, i: number, j: number): Big => m.data[i * m.shape[1]! + j]!;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sum = (zero: Big, n: number, term: (i: number) => Big): Big =>
  range(n).reduce((total, i) => total.plus(term(i)), zero);
const matrix = (rows: number, columns: number, f: (i: number, j: number) => Big): Big[] =>
  range(rows).flatMap((i) => range(columns).map((j) => f(i, j)));

const sigmoid = (a: Big): Big => a.neg().exp().plus(1).pow(-1);
const sigmoidSlope = (a: Big): Big => sigmoid(a).times(sigmoid(a.neg()));
/** σ″ = σ′ (1 − 2σ) */
const sigmoidCurvature = (a: Big): Big => sigmoidSlope(a).times(sigmoid(a).times(-2).plus(1));
const tanhSlope = (a: Big): Big => a.tanh().pow(2).neg().plus(1);

/** φ, φ′, φ″ by the rules of the calculus. */
export const derivatives: Readonly<Record<ActivationName, readonly ((a: Big) => Big)[]>> = {
  tanh: [(a) => a.tanh(), tanhSlope, (a) => a.tanh().times(tanhSlope(a)).times(-2)],
  sigmoid: [sigmoid, sigmoidSlope, sigmoidCurvature],
  softplus: [(a) => a.exp().plus(1).ln(), sigmoid, sigmoidSlope],
  silu: [
    (a) => a.times(sigmoid(a)),
    (a) => sigmoid(a).plus(a.times(sigmoidSlope(a))),
    (a) =>
      sigmoidSlope(a)
        .times(2)
        .plus(a.times(sigmoidCurvature(a))),
  ],
  relu: [
    (a) => (a.gt(0) ? a : a.times(0)),
    (a) => a.times(0).plus(a.gt(0) ? 1 : 0),
    (a) => a.times(0),
  ],
  identity: [(a) => a, (a) => a.times(0).plus(1), (a) => a.times(0)],
};

const dense: Definition = ([x, weight, bias], { shape, zero }) =>
  matrix(shape[0]!, shape[1]!, (b, j) =>
    sum(zero, x!.shape[1]!, (k) => at(x!, b, k).times(at(weight!, k, j))).plus(bias!.data[j]!),
  );

const backwardInput: Definition = ([y, weight], { shape, zero }) =>
  matrix(shape[0]!, shape[1]!, (b, k) =>
    sum(zero, y!.shape[1]!, (j) => at(y!, b, j).times(at(weight!, k, j))),
  );

const backwardWeight: Definition = ([x, y], { shape, zero }) =>
  matrix(shape[0]!, shape[1]!, (k, j) =>
    sum(zero, x!.shape[0]!, (b) => at(x!, b, k).times(at(y!, b, j))),
  );

export const definitions: Readonly<Record<string, Definition>> = {
  dense,
  denseTangent: ([x, weight], { shape, zero }) =>
    matrix(shape[0]!, shape[1]!, (b, j) =>
      sum(zero, x!.shape[1]!, (k) => at(x!, b, k).times(at(weight!, k, j))),
    ),
  denseBackwardInput: backwardInput,
  denseBackwardWeight: backwardWeight,
  denseBackwardHidden: ([y, weight, a], output, params) => {
    const { activation } = params as { activation: ActivationName };
    const slope = derivatives[activation][1]!;
    return backwardInput([y!, weight!], output, {}).map((t, i) => t.times(slope(a!.data[i]!)));
  },
  denseBackwardCurved: ([y, weight, a, slopeBar], output, params) => {
    const [, slope, curvature] = derivatives[(params as { activation: ActivationName }).activation];
    return backwardInput([y!, weight!], output, {}).map((t, i) =>
      t.times(slope!(a!.data[i]!)).plus(curvature!(a!.data[i]!).times(slopeBar!.data[i]!)),
    );
  },
  denseAccumulateWeight: ([x, y, carry], output) =>
    backwardWeight([x!, y!], output, {}).map((w, i) => w.plus(carry!.data[i]!)),
  denseBackwardBias: ([y], { shape, zero }) =>
    range(shape[0]!).map((j) => sum(zero, y!.shape[0]!, (b) => at(y!, b, j))),
  activation: ([a], _output, params) => {
    const { activation, order } = params as { activation: ActivationName; order: number };
    return a!.data.map(derivatives[activation][order]!);
  },
  scaleByDerivative: ([a, z], _output, params) => {
    const { activation, order } = params as { activation: ActivationName; order: number };
    return a!.data.map((ai, i) => derivatives[activation][order]!(ai).times(z!.data[i]!));
  },
  mlp: ([x, ...rest], output, params) => {
    const { activation } = params as { activation: ActivationName };
    const phi = derivatives[activation][0]!;
    let h = x!;
    for (let l = 0; l < rest.length; l += 2) {
      const active = l === 0 ? h : { ...h, data: h.data.map(phi) };
      const shape = [h.shape[0]!, rest[l]!.shape[1]!];
      const given = [active, rest[l]!, rest[l + 1]!];
      h = { ...h, shape, data: dense(given, { ...output, shape }, {}) };
    }
    return h.data;
  },
};
