import { random, type Tensor, type Tree, tensor } from "@cotangent/autodiff";
import { checkGrads, explain } from "@cotangent/gradcheck";
import {
  conditionalMlp,
  denoising,
  explicit,
  finiteDifference,
  gaussian,
  gaussianDirections,
  gaussianFull,
  gaussianLadder,
  implicit,
  laplace,
  logistic,
  mlp,
  noiseFromLogDensity,
  type Objective,
  orthogonal,
  rademacher,
  scoreOf,
  sliced,
  sphere,
  studentT,
} from "@cotangent/losses";
import { expect, test } from "vitest";

const net = mlp({ sizes: [2, 5, 2], activation: "tanh" });
const params = net.init(random.key(0));
const x = random.normal(random.key(1), [3, 2]);
const { score } = net;

/** −½‖δ‖² of a row. */
const halfGaussian = (delta: Tensor) => delta.square().sum(-1).mul(-0.5);
/** The score of a density exp(−½‖s(x)‖²), with the same parameters. */
const energy = scoreOf((p: Tree, at: Tensor) =>
  score(p as never, at)
    .square()
    .sum(1)
    .mul(-0.5),
) as never;

const objectives: readonly (readonly [string, Objective])[] = [
  ["implicit", implicit(score)],
  ["sliced", sliced(score, { projections: 2 })],
  ["sliced, not reduced", sliced(score, { reduced: false, distribution: rademacher })],
  ["sliced on the sphere", sliced(score, { distribution: sphere })],
  [
    "sliced along orthogonal directions",
    sliced(score, { projections: 2, distribution: orthogonal }),
  ],
  ["sliced along Gaussian directions", sliced(score, { distribution: gaussianDirections })],
  ["denoising", denoising(score, { noise: gaussian(0.5) })],
  [
    "denoising with a control variate",
    denoising(score, { noise: gaussian(0.5), controlVariate: true }),
  ],
  [
    "denoising of correlated noise",
    denoising(score, {
      noise: gaussianFull(
        tensor([
          [1, 0.3],
          [0.3, 0.5],
        ]),
      ),
    }),
  ],
  ["denoising of logistic noise", denoising(score, { noise: logistic(0.7) })],
  ["denoising of Laplace noise", denoising(score, { noise: laplace(0.7) })],
  ["denoising of Student noise", denoising(score, { noise: studentT(5, 0.7) })],
  [
    "denoising of noise that is given by its density",
    denoising(score, { noise: noiseFromLogDensity(halfGaussian, random.normal) }),
  ],
  ["implicit, of an energy", implicit(energy)],
  ["denoising, of an energy", denoising(energy, { noise: gaussian(0.5) })],
  ["finite differences", finiteDifference(score, { radius: 0.1 })],
  ["explicit", explicit(score, (at: Tensor) => at.neg())],
] as never;

test.each(objectives)("%s: parameters and inputs to order 2", (name, objective) => {
  const draws = objective.draw(random.key(2), x);
  const mean = (p: Tree, at: Tensor) => objective.perSample(p, at, draws).mean();
  const report = checkGrads(mean, [params as never, x], { name });
  expect(explain(report, { color: false })).toMatch(/^PASS/);
});

test.each(["tanh", "softplus", "silu", "gelu", "sigmoid", "relu", "identity"] as const)(
  "mlp with %s, parameters and inputs",
  (activation) => {
    const own = mlp({ sizes: [2, 4, 3, 2], activation });
    const report = checkGrads(own.score as never, [own.init(random.key(3)), x] as never, {
      name: activation,
    });
    expect(explain(report, { color: false })).toMatch(/^PASS/);
  },
);

test("the exact trace of an mlp's Jacobian", () => {
  const report = checkGrads(score.jacobianTrace as never, [params, x] as never);
  expect(explain(report, { color: false })).toMatch(/^PASS/);
});

test("a network that knows its noise level, over a ladder of them", () => {
  const ladder = conditionalMlp({ sizes: [2, 4, 2], activation: "tanh" });
  const objective = denoising(ladder.score as never, {
    noise: gaussianLadder({ from: 1, to: 0.1, levels: 3 }),
  });
  const draws = objective.draw(random.key(4), x);
  const mean = (p: Tree, at: Tensor) => objective.perSample(p as never, at, draws).mean();
  const report = checkGrads(mean, [ladder.init(random.key(5)) as never, x]);
  expect(explain(report, { color: false })).toMatch(/^PASS/);
});
