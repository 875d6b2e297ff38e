// Fixture 1: a linear score on three samples, values computed independently (numpy, PyTorch float64).
import { grad, mean, mul, type Tensor, tensor } from "@cotangent/autodiff";
import type { Draws, Objective } from "@cotangent/losses";
import { expectClose, type Numbers } from "../support/close.ts";
import { type LinearParams, linearParams } from "../support/linear-score.ts";

export const x = tensor([
  [1, 2],
  [-1, 0.5],
  [0.3, -1.2],
]);
export const params = linearParams(
  [
    [1.2, 0.3],
    [-0.1, 0.8],
  ],
  [0.2, -0.4],
);
export const v = tensor([
  [
    [1, -1],
    [1, 1],
    [-1, 1],
  ],
]);
export const sigma = 0.5;
export const epsilon = tensor([
  [0.5, -1],
  [-0.2, 0.3],
  [1.1, 0.7],
]);
export const delta = mul(sigma, epsilon);

/** What the fixture says of an objective; absent entries are not printed there. */
interface Expected {
  readonly mean: number;
  readonly perSample?: Numbers;
  readonly gradient?: { readonly A: Numbers; readonly b: Numbers };
}

const printed = 6e-8;

function expectValues(objective: Objective<LinearParams>, draws: Draws, expected: Expected): void {
  const value = (p: LinearParams): Tensor => mean(objective.perSample(p, x, draws));
  expectClose(value(params), expected.mean, printed);
  if (expected.perSample)
    expectClose(objective.perSample(params, x, draws), expected.perSample, printed);
  if (!expected.gradient) return;
  const gradient = grad(value)(params);
  expectClose(gradient.A, expected.gradient.A, printed);
  expectClose(gradient.b, expected.gradient.b, printed);
}

export const implicitValues = (objective: Objective<LinearParams>): void =>
  expectValues(
    objective,
    {},
    {
      mean: -0.5115667,
      gradient: {
        A: [
          [-0.07, 0.9383333],
          [0.2743333, 0.6526667],
        ],
        b: [-0.05, -0.7366667],
      },
    },
  );

export const slicedValues = (objective: Objective<LinearParams>): void =>
  expectValues(
    objective,
    { v },
    {
      mean: (-1.755 - 2.13875 - 1.72395) / 3,
      perSample: [-1.755, -2.13875, -1.72395],
      gradient: {
        A: [
          [-0.9443333, -0.081],
          [0.511, -0.7023333],
        ],
        b: [0.0866667, 0.1466667],
      },
    },
  );

export const reducedValues = (objective: Objective<LinearParams>): void =>
  expectValues(objective, { v }, { mean: -0.4449 });

export const denoisingValues = (objective: Objective<LinearParams>): void =>
  expectValues(
    objective,
    { delta },
    {
      mean: 3.2445167,
      perSample: [6.3190625, 0.5202625, 2.894225],
      gradient: {
        A: [
          [0.1884167, 0.6378333],
          [0.7901667, 2.33075],
        ],
        b: [0.6033333, -0.7133333],
      },
    },
  );

export const controlVariateValues = (objective: Objective<LinearParams>): void =>
  expectValues(objective, { delta }, { mean: 4.3825167 });
