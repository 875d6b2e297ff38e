// Wrong formulas must fail: each mutant has one known mistake, and is given to the very law that the
// real objective passes.
import { stopGradient, type Tensor } from "@cotangent/autodiff";
import { denoising, gaussian, implicit, type Objective, sliced } from "@cotangent/losses";
import { test } from "vitest";
import * as batch from "./laws/linear-batch.ts";
import * as tanh from "./laws/tanh-network.ts";
import { expectClose } from "./support/close.ts";
import {
  drawOf,
  type Formula,
  formulaObjective,
  loopTrace,
  quadraticForm,
} from "./support/formula.ts";
import { type LinearParams, linearScore } from "./support/linear-score.ts";
import { mutation } from "./support/mutation.ts";

const half = 0.5;
const squared = (s: Tensor): Tensor => s.square().sum(-1);
const linear = (formula: Formula) => formulaObjective(linearScore, formula);
const onNetwork = (formula: Formula) => formulaObjective(tanh.network.score, formula);

mutation(
  "implicit on the linear batch",
  batch.implicitValues,
  {
    implicit: implicit(linearScore),
    "the formula": linear((s, x) => loopTrace(s, x).add(squared(s(x)).mul(half))),
  },
  {
    "missing ½": linear((s, x) => loopTrace(s, x).add(squared(s(x)))),
    "minus the trace": linear((s, x) => squared(s(x)).mul(half).sub(loopTrace(s, x))),
    "a mean over d for the sum": linear((s, x) =>
      loopTrace(s, x)
        .add(squared(s(x)).mul(half))
        .div(2),
    ),
  },
);

mutation(
  "implicit through the Jacobian term",
  tanh.implicitValues,
  {
    implicit: implicit(tanh.network.score),
    "by directions": implicit(tanh.network.score, { useContraction: false }),
    "the formula": onNetwork((s, x) => loopTrace(s, x).add(squared(s(x)).mul(half))),
  },
  {
    "a detached trace": onNetwork((s, x) =>
      stopGradient(loopTrace(s, x)).add(squared(s(x)).mul(half)),
    ),
    "a detached score": onNetwork((s, x) =>
      loopTrace(s, x).add(stopGradient(squared(s(x))).mul(half)),
    ),
  },
);

test("the detached trace is the fixture's known mistake: right value, wrong gradient", () => {
  const detached = onNetwork((s, x) => stopGradient(loopTrace(s, x)).add(squared(s(x)).mul(half)));
  expectClose(tanh.gradientOfW1(detached), tanh.detachedGradient, 1e-6);
  expectClose(detached.perSample(tanh.params, tanh.x, {}), [0.587827312], 1e-9);
});

const projected: Formula = (s, x, draws) => drawOf(draws, "v").mul(s(x)).sum(-1).mean(0);
mutation(
  "sliced on the linear batch",
  batch.slicedValues,
  {
    sliced: sliced(linearScore),
    "the formula": linear((s, x, v) =>
      quadraticForm(s, x, v).add(projected(s, x, v).square().mul(half)),
    ),
  },
  {
    "missing ½": linear((s, x, v) => quadraticForm(s, x, v).add(projected(s, x, v).square())),
    "v·s not squared": linear((s, x, v) =>
      quadraticForm(s, x, v).add(projected(s, x, v).mul(half)),
    ),
    "the reduced form": sliced(linearScore, { reduced: true }),
    "a detached curvature": linear((s, x, v) =>
      stopGradient(quadraticForm(s, x, v)).add(projected(s, x, v).square().mul(half)),
    ),
  },
);

mutation(
  "sliced reduced on the linear batch",
  batch.reducedValues,
  {
    reduced: sliced(linearScore, { reduced: true }),
    "the formula": linear((s, x, v) => quadraticForm(s, x, v).add(squared(s(x)).mul(half))),
  },
  {
    "missing ½": linear((s, x, v) => quadraticForm(s, x, v).add(squared(s(x)))),
    "the plain form": sliced(linearScore),
  },
);

/** ½‖s(x + δ) − g‖² with g wrong. */
const regression = (g: (delta: Tensor) => Tensor): Objective<LinearParams> =>
  linear((s, x, draws) => {
    const delta = drawOf(draws, "delta");
    return squared(s(x.add(delta)).sub(g(delta))).mul(half);
  });
mutation(
  "denoising on the linear batch",
  batch.denoisingValues,
  {
    denoising: denoising(linearScore, { noise: gaussian(batch.sigma) }),
    "the formula": regression((delta) => delta.neg().div(batch.sigma ** 2)),
  },
  {
    "σ for σ²": regression((delta) => delta.neg().div(batch.sigma)),
    "plus δ/σ²": regression((delta) => delta.div(batch.sigma ** 2)),
    "missing ½": linear((s, x, draws) =>
      squared(s(x.add(drawOf(draws, "delta"))).add(drawOf(draws, "delta").div(batch.sigma ** 2))),
    ),
    "the score of the clean point": linear((s, x, draws) =>
      squared(s(x).add(drawOf(draws, "delta").div(batch.sigma ** 2))).mul(half),
    ),
  },
);

mutation(
  "the control variate on the linear batch",
  batch.controlVariateValues,
  {
    denoising: denoising(linearScore, { noise: gaussian(batch.sigma), controlVariate: true }),
  },
  {
    "plain denoising": denoising(linearScore, { noise: gaussian(batch.sigma) }),
    "E‖g‖² with σ for σ²": denoising(linearScore, {
      noise: { ...gaussian(batch.sigma), meanSquaredScore: (d) => d / batch.sigma },
      controlVariate: true,
    }),
  },
);
