/** [18:28] A score is enough to sample: Langevin dynamics, its bias, and why to anneal. */

import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { annealedLangevin, langevin, langevinStep, mala } from "@cotangent/sampling";
import { gaussianMixture } from "@cotangent/training";
import { points } from "../../compare/problem.ts";
import {
  type Claim,
  defineClaim,
  type Figure,
  type LectureContext,
  type Measured,
} from "../claim.ts";
import { estimated, exact, groupedMean, groupedVariance } from "../estimate.ts";
import { drawPlane, midpoints, type Shading, type Window } from "../pictures/plane.ts";
import { propagate, startingDensity } from "../propagate.ts";

const eta = 0.1;
const mixture = gaussianMixture({
  means: [
    [5, 5],
    [-5, -5],
  ],
  weights: [0.8, 0.2],
  std: 1,
});
/** Ten geometric noise levels from 20 to 1. */
const sigmas = Array.from({ length: 10 }, (_, i) => 20 * (1 / 20) ** (i / 9));
const [stepsPerLevel, stepSize] = [100, 0.05];

interface Chains {
  readonly plain: Tensor;
  readonly annealed: Tensor;
}

/** The score of the mixture with noise σ along its diagonal, where both chains factorise. */
function diagonalScore(sigma: number): (u: number) => number {
  const [m, variance] = [5 * Math.SQRT2, 1 + sigma ** 2];
  return (u) => {
    const large = 1 / (1 + (0.2 / 0.8) * Math.exp((-2 * m * u) / variance));
    return (large * (m - u) + (1 - large) * (-m - u)) / variance;
  };
}

/** The shares of the large mode, by propagating the density of u = (x + y)/√2 from step to step. */
function predictedShares(): { readonly plain: number; readonly annealed: number } {
  const start = startingDensity(8 * Math.SQRT2);
  const levels = [0, ...sigmas].map((sigma) => {
    const size = sigma === 0 ? eta : stepSize * sigma ** 2;
    const steps = sigma === 0 ? 1000 : stepsPerLevel;
    return { score: diagonalScore(sigma), stepSize: size, steps, reach: 14 + 5 * sigma };
  });
  const [plain, ...annealed] = levels;
  return {
    plain: propagate(start, plain === undefined ? [] : [plain]).massAbove(0),
    annealed: propagate(start, annealed).massAbove(0),
  };
}

/** Both kinds of chains on the mixture with true scores, started uniformly on [−8, 8]². */
function mixtureChains({ engine, key }: LectureContext): Chains {
  const start = random.uniform(random.foldIn(key, 0), [12800, 2], { low: -8, high: 8 });
  const plain = langevin((x) => mixture.score(x), { steps: 1000, stepSize: eta, engine });
  const noisyScore = (x: Tensor, sigma: Tensor): Tensor => {
    // The mixture with N(0, σ²I) added: its variance is 1 + σ².
    const variance = sigma.square().add(1).expandDims(-1);
    const means = tensor([
      [5, 5],
      [-5, -5],
    ]);
    const difference = means.sub(x.expandDims(-2));
    const exponent = difference
      .square()
      .sum(-1)
      .div(variance.mul(-2))
      .add(tensor([0.8, 0.2]).log());
    return exponent.softmax(-1).expandDims(-1).mul(difference).sum(-2).div(variance);
  };
  const annealed = annealedLangevin(noisyScore, { sigmas, stepsPerLevel, stepSize, engine });
  return {
    plain: plain(start, random.foldIn(key, 1)),
    annealed: annealed(start, random.foldIn(key, 2)),
  };
}

function measure(context: LectureContext): Measured<Chains> {
  const { engine, key, replicates } = context;
  const normal = random.normal(random.foldIn(key, 3), [640 * replicates, 1]);
  const score = (x: Tensor): Tensor => x.neg();
  const chain = langevin(score, { steps: 150, stepSize: eta, engine });
  const adjusted = mala((x) => x.square().sum(-1).mul(-0.5), { steps: 60, stepSize: 0.5, engine });

  // One step from two places with the same noise: their distance shrinks by 1 − η.
  const step = langevinStep(score, eta);
  const pair = tensor([[1], [3]]);
  const [a, b] = step(pair, key).sub(step(pair.mul(0), key)).data as unknown as [number, number];
  const line = [{ score: (u: number) => -u, stepSize: eta, steps: 300, reach: 9 }];

  const chains = mixtureChains(context);
  const shares = predictedShares();
  const inLargeMode = (x: Tensor): Tensor => x.sum(-1).greater(0).astype("f64");
  return {
    rows: [
      exact("one step shrinks distances by 1 − η", 1 - eta, (b - a) / 2),
      exact(
        "variance by propagating the density, η = .1",
        1 / (1 - eta / 2),
        propagate(startingDensity(2), line).variance(),
      ),
      estimated(
        "variance of Langevin, η = .1",
        1 / (1 - eta / 2),
        groupedVariance(chain(normal, random.foldIn(key, 4)), replicates),
      ),
      estimated(
        "variance of MALA, η = .5",
        1,
        groupedVariance(adjusted(normal, random.foldIn(key, 5)).samples, replicates),
      ),
      estimated(
        "share of the large mode, plain",
        shares.plain,
        groupedMean(inLargeMode(chains.plain), replicates),
      ),
      estimated(
        "share of the large mode, annealed",
        shares.annealed,
        groupedMean(inLargeMode(chains.annealed), replicates),
      ),
    ],
    data: chains,
  };
}

const window: Window = { x: [-10, 10], y: [-10, 10] };

function figures({ plain, annealed }: Chains): Figure[] {
  const density = mixture.logDensity(tensor(midpoints(window, 80, 80))).exp();
  const shading: Shading = { columns: 80, rows: 80, values: Array.from(density.data, Number) };
  const share = (x: Tensor): string => {
    const large = x.sum(-1).greater(0).astype("f64").mean().item();
    return `${Math.round(100 * large)}% and ${Math.round(100 - 100 * large)}%`;
  };
  const draw = (title: string, x: Tensor, note = ""): Figure => ({
    svg: drawPlane(`${title} over the density`, window, shading, { dots: points(x).slice(0, 700) }),
    caption: `<b>${title}</b>: ${share(x)} of the chains end in the two modes; the truth is 80% and 20%.${note}`,
  });
  return [
    draw("Plain Langevin", plain),
    draw("Annealed Langevin", annealed, " The last noise level is σ = 1, which widens the modes."),
  ];
}

/** Samples from a score. */
export const samplingByLangevin: Claim = defineClaim({
  name: "sampling",
  time: "18:28",
  title: "Sampling by MCMC",
  statement:
    "Langevin dynamics samples with the score alone. With steps of size η its variance on N(0, 1) is 1/(1 − η/2); " +
    "an accept-or-reject step makes it exact. Between far modes plain chains keep the shares they started with, " +
    "and annealed ones nearly find the right ones.",
  formula: "x ← x + ηs(x) + √(2η) z",
  measure,
  code: [mixtureChains, predictedShares, measure],
  figures,
});
