// Claims of the lecture on slicing, by their [mm:ss], against closed forms.
import { grad, jvp, mean, random, type Tensor, tensor, vmap } from "@cotangent/autodiff";
import {
  type Draws,
  denoising,
  finiteDifference,
  gaussian,
  gaussianDirections,
  implicit,
  type Objective,
  orthogonal,
  type Projection,
  rademacher,
  scoreOf,
  sliced,
} from "@cotangent/losses";
import { expect, test } from "vitest";
import { expectClose } from "./support/close.ts";
import { eye, type LinearParams, linearParams, linearScore } from "./support/linear-score.ts";
import { expectEstimate, meanOf, varianceOf } from "./support/monte-carlo.ts";
import { inverse, sigmaPoints } from "./support/sigma-points.ts";
import { smallNetwork } from "./support/small-network.ts";

const data = (values: Tensor): number[] => Array.from(values.data);

test("[22:28] projected fields match up to a constant: ½E(v·∇log p − v·s)² = E[vᵀJv + ½(v·s)²] + ½E‖∇log p‖²", () => {
  const covariance = [
    [1, 0.6],
    [0.6, 2],
  ];
  const precision = inverse(covariance);
  const x = sigmaPoints(covariance);
  const params = linearParams(
    [
      [0.7, -0.2],
      [0.1, 1.1],
    ],
    [0.3, -0.5],
  );
  const truth = linearParams(precision, [0, 0]);
  // All four sign vectors: the mean over Rademacher directions is exact.
  const signs = [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ];
  const objective = sliced(linearScore, { projections: 4 });
  const v = tensor(signs).reshape([4, 1, 2]).broadcastTo([4, 4, 2]);
  const right = mean(objective.perSample(params, x, { v })).item();
  const difference = linearScore(truth, x).sub(linearScore(params, x));
  const left = mean(v.mul(difference).sum(-1).square()).item() / 2;
  const constant = ((precision[0]?.[0] ?? 0) + (precision[1]?.[1] ?? 0)) / 2;
  expect(left).toBeCloseTo(right + constant, 12);
});

test("[24:13] vᵀJv by one tangent equals ∇(v·s)·v by one backprop, to 1e-12", () => {
  const { score, params } = smallNetwork(6, 15);
  const [x, v] = [random.normal(random.key(16), [7, 6]), random.normal(random.key(17), [7, 6])];
  const [, sDot] = jvp((z: Tensor) => score(params, z), [x], [v]);
  const backprop = grad((z: Tensor) => score(params, z).mul(v).sum())(x);
  expectClose(v.mul(sDot).sum(-1), data(backprop.mul(v).sum(-1)), 1e-12);
  const objective = sliced(score, { reduced: true }).perSample(params, x, { v });
  const norm = score(params, x).square().sum(-1).mul(0.5);
  expectClose(objective.sub(norm), data(backprop.mul(v).sum(-1)), 1e-12);
});

test("[26:47] d orthogonal slices are exact, plain and reduced, to 1e-12", () => {
  const { score, params } = smallNetwork(5, 18);
  const x = random.normal(random.key(19), [6, 5]);
  const exact = data(implicit(score).perSample(params, x, {}));
  for (const reduced of [false, true]) {
    const objective = sliced(score, { projections: 5, distribution: orthogonal, reduced });
    const draws = objective.draw(random.key(20), x);
    expectClose(objective.perSample(params, x, draws), exact, 1e-12);
  }
});

test.each([0.6, 0.8])(
  "[27:10] the reduced form is not always better: 2 + 3ρ² against 1 + 5ρ² at the truth, ρ = %d",
  (rho) => {
    const precision = [
      [1, rho],
      [rho, 1],
    ];
    const [n, normal] = [100_000, random.normal(random.key(21), [100_000, 2])];
    // x = Lε with LLᵀ the inverse of the precision.
    const scale = 1 / Math.sqrt(1 - rho ** 2);
    const x = normal.matmul(
      tensor([
        [scale, -rho * scale],
        [0, 1],
      ]),
    );
    const variance = (objective: Objective<ReturnType<typeof linearParams>>) =>
      varianceOf(
        objective.perSample(linearParams(precision, [0, 0]), x, objective.draw(random.key(22), x))
          .data,
      );
    expect(n).toBe(x.shape[0]);
    expectEstimate(variance(sliced(linearScore)), 2 + 3 * rho ** 2);
    expectEstimate(variance(sliced(linearScore, { reduced: true })), 1 + 5 * rho ** 2);
  },
);

test("finite-difference tends to the reduced sliced objective as the radius shrinks, with error of order e²", () => {
  const { score, params } = smallNetwork(4, 23);
  const x = random.normal(random.key(24), [5, 4]);
  const reduced = sliced(score, { projections: 2, reduced: true });
  const draws = reduced.draw(random.key(25), x);
  const limit = reduced.perSample(params, x, draws);
  const error = (radius: number): number => {
    const objective = finiteDifference(score, { radius, projections: 2 });
    return Math.max(...data(objective.perSample(params, x, draws).sub(limit).abs()));
  };
  expect(error(0.01)).toBeLessThan(1e-3);
  expect(error(0.01) / error(0.1)).toBeCloseTo(0.01, 2);
});

test("an energy model's objectives equal those of the same score written out", () => {
  const energy = scoreOf((p: ReturnType<typeof linearParams>, x) =>
    p.b
      .mul(x)
      .sum(-1)
      .sub(x.mul(x.matmul(p.A)).sum(-1).mul(0.5)),
  );
  const params = linearParams(
    [
      [1.2, 0.3],
      [0.3, 0.8],
    ],
    [0.2, -0.4],
  );
  const x = random.normal(random.key(26), [4, 2]);
  for (const make of [
    implicit,
    sliced,
    (s: typeof energy) => denoising(s, { noise: gaussian(0.5) }),
  ]) {
    const [a, b] = [make(energy), make(linearScore)];
    const draws = a.draw(random.key(27), x);
    expectClose(a.perSample(params, x, draws), data(b.perSample(params, x, draws)), 1e-12);
  }
});

// On N(0, I_d) with s = −Ax the Hessian's mean is the identity: to leading order in 1/N the fitted
// A − I is minus the gradient at the truth, so N times the risk is E‖∂A‖² per sample: d(d + 1) for
// implicit.
const [d, slices] = [5, 2];
const slicedBy = (distribution: Projection, reduced: boolean): Objective<LinearParams> =>
  sliced(linearScore, { projections: slices, distribution, reduced });
test.each([
  ["implicit", implicit(linearScore, { useContraction: false }), 1],
  ["sliced Rademacher", slicedBy(rademacher, false), 1 + (d - 1) / slices],
  ["sliced Gaussian", slicedBy(gaussianDirections, false), 1 + (d + 1) / slices],
  ["reduced Rademacher", slicedBy(rademacher, true), 1 + (d - 1) / ((d + 1) * slices)],
  ["reduced Gaussian", slicedBy(gaussianDirections, true), 1 + 1 / slices],
])(
  "[28:35] the risk of %s against the exact objective is the printed ratio",
  (_, objective, ratio) => {
    const truth = linearParams(
      eye(d),
      eye(d).map(() => 0),
    );
    const x = random.normal(random.key(28), [20_000, d]);
    const gradientNorm = (row: Tensor, draws: Draws): Tensor => {
      const own = draws.v ? { v: draws.v.reshape([slices, 1, d]) } : {};
      const value = (p: LinearParams) => objective.perSample(p, row.reshape([1, d]), own).sum();
      return grad(value)(truth).A.square().sum();
    };
    const norms = vmap(gradientNorm, [0, 1])(x, objective.draw(random.key(29), x));
    expectEstimate(meanOf(norms.data), ratio * d * (d + 1));
  },
);
