// Wrong reductions, directions and signs must fail the laws that the real ones pass.
import { grad, random, type Tensor } from "@cotangent/autodiff";
import { implicit, type Projection, rademacher, scoreOf, sliced, sphere } from "@cotangent/losses";
import * as reduction from "./laws/batch-mean.ts";
import * as energy from "./laws/energy.ts";
import * as directions from "./laws/projection.ts";
import { drawOf, formulaObjective } from "./support/formula.ts";
import { standardNormalScore } from "./support/linear-score.ts";
import { mutation } from "./support/mutation.ts";

const normalSliced = sliced(standardNormalScore);
mutation(
  "the mean over the batch",
  reduction.meanOverTheBatch,
  {
    sliced: normalSliced,
    implicit: implicit(standardNormalScore),
  },
  {
    "a sum over the batch": {
      ...normalSliced,
      mean: (params, x, key) => normalSliced.perSample(params, x, normalSliced.draw(key, x)).sum(),
    },
  },
);

mutation(
  "the mean over slices",
  reduction.meanOverSlices,
  {
    sliced: sliced(standardNormalScore, { projections: 3 }),
  },
  {
    "a sum over slices": formulaObjective(standardNormalScore, (s, x, draws) => {
      const v = drawOf(draws, "v");
      return v.mul(s(x)).sum(-1).square().mul(0.5).sum(0).sub(v.square().sum(-1).sum(0));
    }),
  },
);

const shared: Projection = (key, [slices = 1, rows = 1, d = 1]) =>
  rademacher(key, [slices, 1, d]).broadcastTo([slices, rows, d]);
mutation(
  "fresh directions for each sample",
  reduction.freshDirectionsPerSample,
  {
    sliced: normalSliced,
  },
  {
    "one v for the batch": sliced(standardNormalScore, { distribution: shared }),
  },
);

mutation<Projection>(
  "directions of a batch are independent",
  directions.freshDirections,
  {
    rademacher,
    sphere,
  },
  {
    "one v for the batch": shared,
  },
);

mutation<Projection>(
  "directions have E[vvᵀ] = I",
  (subject) => directions.secondMoment(subject, 2, 3),
  {
    rademacher,
    sphere,
  },
  {
    "unit-radius directions": (key, shape) => sphere(key, shape).div(Math.sqrt(shape.at(-1) ?? 1)),
    "uniform coordinates": (key, shape) => random.uniform(key, shape, { low: -1, high: 1 }),
  },
);

mutation<energy.MakeScore>(
  "an energy model's sign",
  energy.scoreIsPlusGradient,
  {
    scoreOf: (logDensity) => scoreOf(logDensity),
  },
  {
    "minus the gradient": (logDensity) => (params, x) =>
      grad((z: Tensor) => logDensity(params, z).sum().neg())(x),
  },
);
