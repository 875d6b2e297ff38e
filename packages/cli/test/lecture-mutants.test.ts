/**
 * Wrong objectives do not reproduce the lecture: each plausible mistake makes at least one of its claims fail.
 *
 * A mutant takes the place of the real function in every claim, and a claim has to be off by more than
 * the bound under which a correct one fails with a probability below 10⁻⁶.
 */
import { grad, jvp, stopGradient, type Tensor, type Tree } from "@cotangent/autodiff";
import { cpuEngine } from "@cotangent/cpu-kernels";
import * as losses from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { claims } from "../src/lecture/claims/index.ts";
import type { claimNames } from "../src/lecture/names.ts";
import { runClaim, usualReplicates } from "../src/lecture/run.ts";
import { agrees } from "../src/lecture/verdict.ts";
import { studentBound } from "./lecture-bound.ts";

type Losses = Partial<typeof losses>;
type Draws = { readonly [name: string]: Tensor };
type PerSample = (s: (x: Tensor) => Tensor, x: Tensor, draws: Draws) => Tensor;
type ClaimName = (typeof claimNames)[number];

/** Claims that take long fail by far: a quarter of the replicates tells. */
const replicatesOf = (claim: ClaimName): number =>
  ["equal-quality", "implicit"].includes(claim) ? usualReplicates / 4 : usualReplicates;
const boundOf = (replicates: number): number => studentBound(1e-6 / 150, replicates - 1);
const engine = cpuEngine();

/** The real objective with another value per sample. */
function withValue<P extends Tree>(
  real: losses.Objective<P>,
  score: losses.Score<P>,
  value: PerSample,
): losses.Objective<P> {
  return losses.defineObjective<P>({
    name: real.name,
    draw: real.draw,
    perSample: (params, x, draws) => value((z) => score(params, z), x, draws),
  });
}

const squared = (s: Tensor): Tensor => s.square().sum(-1);

/** tr J of the real objective: its value without ½‖s‖². */
const traceOf = <P extends Tree>(score: losses.Score<P>, params: P, x: Tensor): Tensor =>
  losses
    .implicit(score)
    .perSample(params, x, {})
    .sub(squared(score(params, x)).mul(0.5));

/** mean_m vᵀJv. */
const curvature = (s: (x: Tensor) => Tensor, x: Tensor, draws: Draws): Tensor => {
  const v = draws.v!.shape.length === 2 ? draws.v!.expandDims(0) : draws.v!;
  const slices = Array.from({ length: v.shape[0]! }, (_, m) => {
    const direction = v.slice([m, 0, 0], [m + 1, ...x.shape]).reshape(x.shape);
    return jvp(s, [x], [direction])[1].mul(direction).sum(-1);
  });
  return slices.reduce((a, b) => a.add(b)).div(slices.length);
};
const alongSquared = (s: (x: Tensor) => Tensor, x: Tensor, draws: Draws): Tensor =>
  draws.v!.mul(s(x)).sum(-1).square().reshape([-1, x.shape[0]!]).mean(0);

const implicitWith = (value: (trace: Tensor, s: Tensor) => Tensor): Losses => ({
  implicit: (score) =>
    losses.defineObjective({
      name: "implicit",
      draw: () => ({}),
      perSample: (params, x) => value(traceOf(score, params, x), score(params, x)),
    }),
});

const slicedWith = (value: PerSample): Losses => ({
  sliced: (score, options) =>
    options?.reduced
      ? losses.sliced(score, options)
      : withValue(losses.sliced(score, options), score, value),
});

const denoisingWith = (value: (residual: Tensor) => Tensor): Losses => ({
  denoising: (score, options) => {
    if (options.controlVariate) return losses.denoising(score, options);
    return withValue(losses.denoising(score, options), score, (s, x, draws) => {
      const g = options.noise.logDensityGradient(draws.delta!);
      return value(s(x.add(draws.delta!)).sub(g));
    });
  },
});

/** A sum over the batch in place of its mean, for every objective that `make` makes. */
const summed = <P extends Tree>(real: losses.Objective<P>): losses.Objective<P> => ({
  ...real,
  mean: (params, x, key) => real.perSample(params, x, real.draw(key, x)).sum(),
});

const shared =
  (real: losses.Projection): losses.Projection =>
  (key, [slices = 1, rows = 1, d = 1], options) =>
    real(key, [slices, 1, d], options).broadcastTo([slices, rows, d]);

const unitRadius =
  (real: losses.Projection): losses.Projection =>
  (key, shape, options) =>
    real(key, shape, options).div(Math.sqrt(shape.at(-1)!));

const kernelWith = (
  real: losses.NoiseKernel,
  change: Partial<losses.NoiseKernel>,
): losses.NoiseKernel => ({ ...real, ...change });

const mutants: readonly (readonly [mistake: string, losses: Losses, failing: ClaimName])[] = [
  [
    "implicit: missing ½",
    implicitWith((trace, s) => trace.add(squared(s))),
    "denoising-is-implicit",
  ],
  [
    "implicit: minus the trace",
    implicitWith((trace, s) => squared(s).mul(0.5).sub(trace)),
    "implicit",
  ],
  [
    "implicit: a mean over d",
    implicitWith((trace, s) => trace.add(squared(s).mul(0.5)).div(s.shape[1]!)),
    "directions",
  ],
  [
    "implicit: a detached trace",
    implicitWith((trace, s) => stopGradient(trace).add(squared(s).mul(0.5))),
    "equal-quality",
  ],
  [
    "implicit: a sum over the batch",
    { implicit: (s, o) => summed(losses.implicit(s, o)) },
    "directions",
  ],
  [
    "sliced: missing ½",
    slicedWith((s, x, v) => curvature(s, x, v).add(alongSquared(s, x, v))),
    "projected-fields",
  ],
  [
    "sliced: a detached curvature",
    slicedWith((s, x, v) => stopGradient(curvature(s, x, v)).add(alongSquared(s, x, v).mul(0.5))),
    "equal-quality",
  ],
  [
    "sliced: a sum over slices",
    {
      sliced: (s, o) =>
        withValue(losses.sliced(s, o), s, (f, x, v) =>
          curvature(f, x, v)
            .add(alongSquared(f, x, v).mul(0.5))
            .mul(o?.projections ?? 1),
        ),
    },
    "unbiased-slices",
  ],
  ["sliced: a sum over the batch", { sliced: (s, o) => summed(losses.sliced(s, o)) }, "directions"],
  [
    "sliced: reduced where plain was asked",
    { sliced: (s, o) => losses.sliced(s, { ...o, reduced: true }) },
    "variance-reduction",
  ],
  [
    "sliced: plain where reduced was asked",
    { sliced: (s, o) => losses.sliced(s, { ...o, reduced: false }) },
    "directions",
  ],
  ["rademacher: one v for the batch", { rademacher: shared(losses.rademacher) }, "equal-quality"],
  [
    "gaussianDirections: one v for the batch",
    { gaussianDirections: shared(losses.gaussianDirections) },
    "directions",
  ],
  ["sphere: of radius 1", { sphere: unitRadius(losses.sphere) }, "directions"],
  ["rademacher: of length 1", { rademacher: unitRadius(losses.rademacher) }, "directions"],
  ["orthogonal: of length 1", { orthogonal: unitRadius(losses.orthogonal) }, "unbiased-slices"],
  ["denoising: missing ½", denoisingWith(squared), "sure"],
  [
    "denoising: a sum over the batch",
    { denoising: (s, o) => summed(losses.denoising(s, o)) },
    "variance-explodes",
  ],
  [
    "denoising: a mean over d",
    denoisingWith((r) => r.square().mean(-1).mul(0.5)),
    "denoising-is-implicit",
  ],
  [
    "gaussian: σ for σ²",
    {
      gaussian: (sigma) =>
        kernelWith(losses.gaussian(sigma), { logDensityGradient: (delta) => delta.div(-sigma) }),
    },
    "small-noise",
  ],
  [
    "gaussian: plus δ/σ²",
    {
      gaussian: (sigma) =>
        kernelWith(losses.gaussian(sigma), {
          logDensityGradient: (delta) => delta.div(sigma ** 2),
        }),
    },
    "any-score",
  ],
  [
    "control variate: E‖g‖² with σ for σ²",
    {
      gaussian: (sigma) =>
        kernelWith(losses.gaussian(sigma), { meanSquaredScore: (d) => d / sigma }),
    },
    "variance-explodes",
  ],
  [
    "laplace: the gradient of b²",
    {
      laplace: (b) =>
        kernelWith(losses.laplace(b), {
          logDensityGradient: (delta) => delta.sign().div(-(b ** 2)),
        }),
    },
    "other-noise",
  ],
  [
    "gaussianFull: Σ for Σ⁻¹",
    {
      gaussianFull: (covariance) =>
        kernelWith(losses.gaussianFull(covariance), {
          logDensityGradient: (delta) => delta.mul(-0.3),
        }),
    },
    "other-noise",
  ],
  [
    "explicit: missing ½",
    { explicit: (s, t) => withValue(losses.explicit(s, t), s, (f, x) => squared(f(x).sub(t(x)))) },
    "small-noise",
  ],
  [
    "finite differences: missing d",
    {
      finiteDifference: (s, o) =>
        withValue(losses.finiteDifference(s, o), s, (f, x, v) =>
          curvature(f, x, v)
            .div(x.shape[1]!)
            .add(squared(f(x)).mul(0.5)),
        ),
    },
    "finite-differences",
  ],
  [
    "scoreOf: minus the gradient, an energy's sign",
    {
      scoreOf: (logDensity) => (params, x) =>
        grad((z: Tensor) => logDensity(params, z).sum().neg())(x),
    },
    "tweedie",
  ],
];

describe("a mistake makes a claim fail", () => {
  test.each(mutants)(
    "%s",
    async (_, mutant, failing) => {
      const claim = claims.find(({ name }) => name === failing)!;
      const replicates = replicatesOf(failing);
      const bound = boundOf(replicates);
      const { rows } = await runClaim(claim, {
        claims,
        engine,
        seed: 11,
        losses: mutant,
        replicates,
      });
      expect(rows.filter((row) => !agrees(row, bound)).map(({ what }) => what)).not.toEqual([]);
    },
    60_000,
  );
});
