// What the kernels of a network's passes mean, in f64: each equation as code.
import { activationOf } from "./activation.ts";
import type { References } from "./types.ts";
import { at, matrix, sum } from "./values.ts";

export const network: Pick<
  References,
  | "denseForward"
  | "denseTangent"
  | "activation"
  | "scaleBySlope"
  | "backwardInput"
  | "backwardHidden"
  | "backwardCurved"
  | "backwardWeight"
  | "accumulateWeight"
  | "backwardBias"
  | "slopeCotangent"
> = {
  denseForward: ({ batch, inputs, outputs, activation = "identity" }, { x, weight, bias }) =>
    matrix(batch, outputs, (b, j) => {
      const total = sum(inputs, (k) => at(x, inputs, b, k) * at(weight, outputs, k, j));
      return activationOf(activation, 0)(total + (bias[j] ?? 0));
    }),
  denseTangent: ({ batch, inputs, outputs }, { xDot, weight }) =>
    matrix(batch, outputs, (b, j) =>
      sum(inputs, (k) => at(xDot, inputs, b, k) * at(weight, outputs, k, j)),
    ),
  activation: ({ activation, order }, { a }) =>
    Float64Array.from(a, activationOf(activation, order)),
  scaleBySlope: ({ batch, width, activation, repeat = 1 }, { a, z }) =>
    matrix(
      batch * repeat,
      width,
      (r, j) =>
        activationOf(activation, 1)(at(a, width, Math.floor(r / repeat), j)) * at(z, width, r, j),
    ),
  backwardInput: ({ batch, inputs, outputs }, { yBar, weight }) =>
    matrix(batch, inputs, (b, k) =>
      sum(outputs, (j) => at(yBar, outputs, b, j) * at(weight, outputs, k, j)),
    ),
  backwardHidden: ({ activation, ...sizes }, { a, ...inputs }) =>
    network
      .backwardInput(sizes, inputs)
      .map((hBar, i) => activationOf(activation, 1)(a[i] ?? 0) * hBar),
  backwardCurved: ({ activation, ...sizes }, { a, slopeBar, ...inputs }) =>
    network
      .backwardHidden({ activation, ...sizes }, { a, ...inputs })
      .map((aBar, i) => aBar + activationOf(activation, 2)(a[i] ?? 0) * (slopeBar[i] ?? 0)),
  backwardWeight: ({ batch, inputs, outputs }, { x, yBar }) =>
    matrix(inputs, outputs, (k, j) =>
      sum(batch, (b) => at(x, inputs, b, k) * at(yBar, outputs, b, j)),
    ),
  accumulateWeight: (sizes, { carry, ...inputs }) =>
    network.backwardWeight(sizes, inputs).map((wBar, i) => (carry[i] ?? 0) + wBar),
  backwardBias: ({ batch, outputs }, { yBar }) =>
    matrix(1, outputs, (_, j) => sum(batch, (b) => at(yBar, outputs, b, j))),
  slopeCotangent: ({ batch, width, repeat = 1 }, { u, tBar }) =>
    matrix(batch, width, (b, j) =>
      sum(repeat, (i) => at(u, width, b * repeat + i, j) * at(tBar, width, b * repeat + i, j)),
    ),
};
