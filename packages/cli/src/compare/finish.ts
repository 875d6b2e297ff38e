/** From trained weights to what the report shows: divergences, the field, samples, the loss's floor. */

import { random, type Tensor, tensor } from "@cotangent/autodiff";
import type { ObjectiveName } from "../objectives.ts";
import type { Learned, Setting } from "./learner.ts";
import { fisherDivergence, langevinSamples } from "./measure.ts";
import { blurBias, mixture, points, scoreEnergy } from "./problem.ts";
import type { ObjectiveRun, PerturbedTarget, Problem } from "./result.ts";

/** Measures one trained network on rows that no training saw; `key` draws them. */
export function finishRun(
  name: ObjectiveName,
  { params, curve, millisecondsPerStep, seconds }: Learned,
  { settings, network, host }: Setting,
  problem: Problem,
  key: Tensor,
): ObjectiveRun {
  const { score } = network;
  const [rowsKey, startKey, chainKey] = random.split(key, 3) as [Tensor, Tensor, Tensor];
  const rows = mixture.sample(rowsKey, settings.evaluationRows);
  const fisher = fisherDivergence(score, params, rows, mixture);
  const [low, high] = [problem.x[0], problem.y[0]];
  const side = problem.x[1] - problem.x[0];
  const start = random.uniform(startKey, [problem.samples.length, 2], { low: 0, high: side });
  const shifted = start.add(tensor([low, high]));
  const perturbed =
    name === "denoising"
      ? perturbedTarget(settings.sigma, (q) =>
          fisherDivergence(score, params, q.sample(rowsKey, settings.evaluationRows), q),
        )
      : undefined;
  return {
    name,
    curve,
    millisecondsPerStep,
    seconds,
    fisher,
    relative: fisher.value / problem.zeroDivergence,
    lossFloor: name === "denoising" ? denoisingFloor(settings.sigma) : -problem.zeroDivergence,
    ...(perturbed === undefined ? {} : { perturbed }),
    field: points(score(params, tensor(problem.fieldPoints))),
    samples: points(langevinSamples((x) => score(params, x), shifted, chainKey, host)),
  };
}

function perturbedTarget(
  sigma: number,
  divergence: (q: typeof mixture) => PerturbedTarget["fisher"],
): PerturbedTarget {
  return { sigma, fisher: divergence(mixture.perturbed(sigma)), bias: blurBias(sigma) };
}

/** E½‖∇log q + ε/σ‖² = d/(2σ²) − E_q ½‖∇log q‖², the denoising loss of q's own score; d = 2. */
function denoisingFloor(sigma: number): number {
  return 1 / sigma ** 2 - scoreEnergy(mixture.perturbed(sigma));
}
