// Fixture 2: a tanh network with one hidden layer at one sample (numpy, PyTorch float64).
import { grad, mean, permute, type Tensor, tensor } from "@cotangent/autodiff";
import { type MlpParams, mlp, type Objective, type Score } from "@cotangent/losses";
import { expect } from "vitest";
import { expectClose, type Numbers } from "../support/close.ts";

export const x = tensor([[0.8, -0.6]]);
const v = tensor([[[1, -1]]]);
export const network = mlp({ sizes: [2, 3, 2], activation: "tanh" });
/** The fixture writes weights as [out, in]; parameters hold [in, out]. */
export const params: MlpParams = {
  layers: [
    {
      weight: permute(
        tensor([
          [0.7, -0.4],
          [0.2, 0.9],
          [-0.5, 0.3],
        ]),
      ),
      bias: tensor([0.1, -0.2, 0.05]),
    },
    {
      weight: permute(
        tensor([
          [0.6, -0.3, 0.8],
          [-0.2, 0.5, 0.4],
        ]),
      ),
      bias: tensor([0.05, -0.1]),
    },
  ],
};

const printed = 6e-10;

/** ∂(mean of the objective)/∂W₁, as [out, in]. */
export function gradientOfW1(objective: Objective<MlpParams>): Tensor {
  const value = (p: MlpParams): Tensor => mean(objective.perSample(p, x, {}));
  const [first] = grad(value)(params).layers;
  if (!first) throw new Error("the network has no layers");
  return permute(first.weight);
}

export const traceValue = (score: Required<Pick<Score, "jacobianTrace">>): void =>
  expectClose(score.jacobianTrace(params, x), [0.312885356], printed);

const implicitGradient = [
  [0.125591632, 0.027535616],
  [-0.227451532, 0.370464382],
  [0.395844163, 0.467522075],
];
/** What an objective that detaches the Jacobian term gets instead. */
export const detachedGradient: Numbers = [
  [0.112464, -0.084348],
  [-0.246453, 0.18484],
  [-0.04946, 0.037095],
];

export function implicitValues(objective: Objective<MlpParams>): void {
  expectClose(objective.perSample(params, x, {}), [0.587827312], printed);
  expectClose(gradientOfW1(objective), implicitGradient, printed);
}

export function slicedValues(objective: Objective<MlpParams>): void {
  expectClose(objective.perSample(params, x, { v }), [1.039319029], printed);
}

/** vᵀJv is what is left of the sliced objective without ½(v·s)². */
export function curvatureValue(objective: Objective<MlpParams>): void {
  const s = network.apply(params, x).data;
  const vs = (s[0] ?? Number.NaN) - (s[1] ?? Number.NaN);
  const value = objective.perSample(params, x, { v }).item();
  expect(value - 0.5 * vs ** 2).toBeCloseTo(0.59089729, 8);
}
