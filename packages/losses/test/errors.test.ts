// Errors name the operation, what was expected, what came, and what to do.
import { random, tensor } from "@cotangent/autodiff";
import {
  atNoiseLevel,
  checkRowsIndependent,
  conditionalMlp,
  denoising,
  effectiveSigma,
  explicit,
  finiteDifference,
  gaussian,
  gaussianFull,
  gaussianLadder,
  gradientVariance,
  implicit,
  laplace,
  logistic,
  mlp,
  noiseFromLogDensity,
  orthogonal,
  rademacher,
  type Score,
  scoreOf,
  sliced,
  studentT,
  uniform,
} from "@cotangent/losses";
import { describe, expect, test } from "vitest";

const s: Score = (_, x) => x.neg();
const x = tensor([
  [1, 2],
  [3, 4],
]);
const key = random.key(0);
const network = mlp({ sizes: [2, 3, 2] });
const params = network.init(key);

const cases: { readonly [group: string]: readonly (readonly [string, () => unknown, RegExp])[] } = {
  "what is given as something else": [
    [
      "no options",
      () => denoising(s, undefined as never),
      /denoising: expected options such as \{ noise: gaussian\(0\.1\) \}, got undefined/,
    ],
    [
      "null for options",
      () => sliced(s, null as never),
      /sliced: expected options such as .*got null/,
    ],
    [
      "a list for options",
      () => implicit(s, [] as never),
      /implicit: expected options such as \{ useContraction: false \}, got a list/,
    ],
    [
      "no radius",
      () => finiteDifference(s, undefined as never),
      /finite-difference: expected options such as/,
    ],
    [
      "no ladder",
      () => gaussianLadder(undefined as never),
      /gaussianLadder: expected options such as/,
    ],
    ["no sizes", () => mlp(undefined as never), /mlp: expected options such as \{ sizes/],
    [
      "sizes left out",
      () => mlp({} as never),
      /mlp: expected sizes \[input, \.\.\.hidden, output\], got \[undefined\]/,
    ],
    [
      "no widths",
      () => conditionalMlp(undefined as never),
      /conditionalMlp: expected options such as/,
    ],
    [
      "noise that is none",
      () => denoising(s, { noise: 3 as never }),
      /expected noise\.sample, as in .* to be a function, got undefined/,
    ],
    [
      "a distribution by name",
      () => sliced(s, { distribution: "normal" as never }),
      /sliced: expected distribution to be a function, got string/,
    ],
    [
      "a score that is none",
      () => implicit(3 as never).mean({}, x, key),
      /implicit: expected the score to be a function, got number/,
    ],
    [
      "no true score",
      () => explicit(s, undefined as never),
      /explicit: expected the true score to be a function, got undefined/,
    ],
    [
      "a log density that is none",
      () => scoreOf(null as never),
      /scoreOf: expected the log density to be a function, got null/,
    ],
    [
      "a sampler that is none",
      () => noiseFromLogDensity((z) => z.square().sum(-1), 3 as never),
      /expected sample to be a function, got number/,
    ],
    [
      "rows in a list",
      () => implicit(s).mean({}, [[1, 2]] as never, key),
      /implicit: expected x to be a minibatch \[B, d\].*got a list; make one with tensor/,
    ],
    [
      "no rows",
      () => implicit(s).perSample({}, undefined as never, {}),
      /got undefined; make one with tensor/,
    ],
    [
      "a score without a result",
      () => implicit((() => undefined) as never).mean({}, x, key),
      /implicit: expected the score to be \[2, 2\], got undefined/,
    ],
    [
      "a level in words",
      () => gaussian("1" as never),
      /gaussian: expected sigma to be a finite number > 0, got "1"/,
    ],
  ],
  "noise levels": [
    ["σ = 0", () => gaussian(0), /gaussian: expected sigma to be a finite number > 0, got 0; give/],
    ["σ < 0", () => gaussian(-1), /sigma.*got -1/],
    ["σ = NaN", () => gaussian(Number.NaN), /got NaN/],
    ["σ = ∞", () => gaussian(Number.POSITIVE_INFINITY), /got Infinity/],
    ["b", () => laplace(0), /laplace: expected b/],
    ["r", () => logistic(-2), /logistic: expected r/],
    ["ν", () => studentT(0, 1), /studentT: expected nu/],
    ["scale", () => studentT(3, 0), /studentT: expected r/],
    [
      "ladder from",
      () => gaussianLadder({ from: 0, to: 1, levels: 3 }),
      /gaussianLadder: expected from/,
    ],
    [
      "ladder to",
      () => gaussianLadder({ from: 1, to: Number.NaN, levels: 3 }),
      /expected to .* got NaN/,
    ],
    [
      "ladder levels",
      () => gaussianLadder({ from: 1, to: 0.1, levels: 0 }),
      /levels to be a whole number ≥ 1, got 0/,
    ],
    [
      "one level, two ends",
      () => gaussianLadder({ from: 1, to: 0.1, levels: 1 }),
      /from = to with a single level/,
    ],
    [
      "ladder without a level",
      () => gaussianLadder({ from: 1, to: 0.1, levels: 2 }).logDensityGradient(x),
      /expected sigma \[B\].*sampleLevels/,
    ],
    ["fixed level", () => atNoiseLevel(s, 0), /atNoiseLevel: expected sigma/],
    [
      "uniform",
      () => uniform(1),
      /uniform: .*integration by parts leaves boundary terms.*use gaussian\(0\.577/,
    ],
  ],
  covariances: [
    [
      "not square",
      () => gaussianFull([[1, 2]]),
      /gaussianFull: expected a square covariance \[d, d\], got \[1, 2\]/,
    ],
    [
      "not symmetric",
      () =>
        gaussianFull([
          [1, 0.5],
          [0, 1],
        ]),
      /symmetric.*use \(Σ \+ Σᵀ\)\/2/,
    ],
    [
      "not positive definite",
      () =>
        gaussianFull([
          [1, 2],
          [2, 1],
        ]),
      /positive definite.*pivot -3 at row 1/,
    ],
    ["NaN", () => gaussianFull([[Number.NaN]]), /finite covariances, got NaN/],
    [
      "another dimension",
      () => gaussianFull([[1]]).sample(key, [3, 2]),
      /dimension 1, as Σ is \[1, 1\], got 2/,
    ],
  ],
  batches: [
    [
      "one sample without its axis",
      () => implicit(s).perSample([], tensor([1, 2]), {}),
      /implicit: expected x to be a minibatch \[B, d\].*got f64\[2\]; reshape/,
    ],
    [
      "no rows",
      () => implicit(s).perSample([], tensor([[1, 2]]).slice([0, 0], [0, 2]), {}),
      /at least one row and one column, got \[0, 2\]/,
    ],
    [
      "integers",
      () => sliced(s).draw(key, tensor([[1, 2]], { dtype: "i32" })),
      /sliced: expected x in f64 or f32, got i32\[1, 2\].*astype/,
    ],
    [
      "a score of another shape",
      () => implicit((_, z) => z.sum(-1)).perSample([], x, {}),
      /implicit: expected the score to be \[2, 2\], got \[2\]; .*scoreOf/,
    ],
    [
      "a true score of another shape",
      () => explicit(s, (z) => z.sum(-1)).perSample([], x, {}),
      /explicit: expected the true score to be \[2, 2\]/,
    ],
    [
      "a trace of another shape",
      () =>
        implicit(
          Object.assign((_: unknown, z: typeof x) => z, {
            jacobianTrace: (_: unknown, z: typeof x) => z,
          }),
        ).perSample([], x, {}),
      /the score's trace to be \[2\], got \[2, 2\]/,
    ],
  ],
  draws: [
    [
      "missing",
      () => denoising(s, { noise: gaussian(1) }).perSample([], x, {}),
      /denoising: expected a draw delta: \[2, 2\], got draws \{\s*\}; take the draws from draw/,
    ],
    [
      "of another shape",
      () => sliced(s).perSample([], x, { v: tensor([[[1, 1]]]) }),
      /sliced: expected the draw v to be \[1, 2, 2\], got \[1, 1, 2\]/,
    ],
    [
      "a ladder without sigma",
      () =>
        denoising(s, { noise: gaussianLadder({ from: 1, to: 1, levels: 1 }) }).perSample([], x, {
          delta: x,
        }),
      /draw sigma: \[2\]/,
    ],
  ],
  projections: [
    [
      "M = 0",
      () => sliced(s, { projections: 0 }),
      /sliced: expected projections to be a whole number ≥ 1, got 0/,
    ],
    [
      "M = 1.5",
      () => finiteDifference(s, { radius: 0.1, projections: 1.5 }),
      /finite-difference: expected projections.*got 1\.5/,
    ],
    [
      "radius 0",
      () => finiteDifference(s, { radius: 0 }),
      /finite-difference: expected radius.*got 0/,
    ],
    [
      "M > d",
      () => orthogonal(key, [3, 5, 2]),
      /orthogonal: expected M ≤ d directions, got M = 3 in d = 2.*rademacher/,
    ],
    [
      "not [M, B, d]",
      () => rademacher(key, [5, 2]),
      /rademacher: expected a shape \[M, B, d\], got \[5, 2\]; one slice is \[1, B, d\]/,
    ],
  ],
  networks: [
    [
      "one size",
      () => mlp({ sizes: [3] }),
      /mlp: expected sizes \[input, \.\.\.hidden, output\], got \[3\]/,
    ],
    ["width 0", () => mlp({ sizes: [3, 0, 3] }), /sizes\[1\] to be a whole number ≥ 1, got 0/],
    [
      "softmax as activation",
      () => mlp({ sizes: [2, 2], activation: (a) => a.softmax() }),
      /acts on each element alone/,
    ],
    [
      "x of another width",
      () => network.apply(params, tensor([[1, 2, 3]])),
      /mlp: expected x \[B, 2\], as sizes say, got \[1, 3\]/,
    ],
    [
      "no layers",
      () => network.apply({}, x),
      /expected parameters \{ layers.*a tree without a list of layers/,
    ],
    ["too few layers", () => network.apply({ layers: params.layers.slice(1) }, x), /got 1 layers/],
    [
      "a weight of another shape",
      () => network.apply(mlp({ sizes: [2, 4, 2] }).init(key), x),
      /layers\[0\]\.weight to be \[2, 3\], got \[2, 4\]/,
    ],
    [
      "a trace that is not square",
      () => mlp({ sizes: [2, 3, 1] }).jacobianTrace(mlp({ sizes: [2, 3, 1] }).init(key), x),
      /got sizes \[2,3,1\]; a Jacobian that is not square has no trace/,
    ],
    [
      "conditional, not square",
      () => conditionalMlp({ sizes: [2, 3, 1] }),
      /as many outputs as inputs/,
    ],
    [
      "conditional without sigma",
      () => conditionalMlp({ sizes: [2, 2] }).score(conditionalMlp({ sizes: [2, 2] }).init(key), x),
      /expected sigma \[2\].*atNoiseLevel/,
    ],
    [
      "data std",
      () => conditionalMlp({ sizes: [2, 2], dataStd: 0 }),
      /conditionalMlp: expected dataStd/,
    ],
  ],
  "log densities": [
    [
      "a vector per sample",
      () => scoreOf((_, z) => z)([], x),
      /scoreOf: expected the log density of x \[2, 2\] to be \[2\], one number a row, got \[2, 2\]/,
    ],
    [
      "a vector per sample, as noise",
      () =>
        noiseFromLogDensity(
          (z) => z,
          (k, shape) => random.normal(k, shape),
        ),
      /one number a row/,
    ],
    [
      "a sample of another shape",
      () =>
        noiseFromLogDensity(
          (z) => z.square().sum(-1),
          (k) => random.normal(k, [2]),
        ),
      /expected the sample to be \[4096, 2\], got \[2\]/,
    ],
  ],
};

describe.each(Object.entries(cases))("%s", (_, list) => {
  test.each(list)("%s", (_name, run, message) => {
    expect(run).toThrow(message);
  });
});

test("an unknown activation is named with the known ones", () => {
  const activation: string = "swish";
  // @ts-expect-error: a name from a configuration file is not checked by the compiler
  expect(() => mlp({ sizes: [2, 2], activation })).toThrow(/one of tanh, softplus, .* got "swish"/);
});

const misspelt: { readonly [function_: string]: (options: object) => unknown } = {
  "denoising: noise, controlVariate": (o) => denoising(s, { noise: gaussian(1), ...o }),
  "sliced: projections, distribution, reduced": (o) => sliced(s, o),
  "implicit: useContraction": (o) => implicit(s, o),
  "finite-difference: radius, projections, distribution": (o) =>
    finiteDifference(s, { radius: 1, ...o }),
  "gaussianLadder: from, to, levels": (o) => gaussianLadder({ from: 1, to: 0.1, levels: 2, ...o }),
  "mlp: sizes, activation": (o) => mlp({ sizes: [2, 2], ...o }),
  "conditionalMlp: sizes, activation, dataStd": (o) => conditionalMlp({ sizes: [2, 2], ...o }),
  "noiseFromLogDensity: name, dimension": (o) =>
    noiseFromLogDensity((d) => d.square().sum(-1).mul(-0.5), random.normal, o),
  "checkRowsIndependent: sigma, tolerance": (o) => checkRowsIndependent(s, {}, x, o),
  "effectiveSigma: largest": (o) => effectiveSigma(s, {}, x, key, o),
  "gradientVariance: groupSize": (o) => gradientVariance(implicit(s), {}, x, key, o),
};
test.each(Object.entries(misspelt))("an option that is not there, of %s", (about, call) => {
  const [name, names] = about.split(": ");
  expect(() => call({ Radius: 1 })).toThrow(
    `${name}: expected no options but ${names}, got Radius; take it out, or correct its name`,
  );
});
