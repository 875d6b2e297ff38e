// Options that are misspelt, missing or of the wrong kind are told, before anything is computed or written.
import { random, type Tensor, zeros } from "@cotangent/autodiff";
import {
  adam,
  constant,
  cosine,
  exponential,
  fit,
  fitAsync,
  fitSteps,
  fitStepsAsync,
  gaussianMixture,
  Standardiser,
  sgd,
  warmup,
} from "@cotangent/training";
import { metricsFile, parseTable } from "@cotangent/training/node";
import { expect, test } from "vitest";

// What JavaScript may pass, and the types of TypeScript would refuse.
type Anything = never;
const data = random.normal(random.key(0), [64, 1]);
const run = {
  objective: { name: "mean", mean: (mu: Tensor, x: Tensor) => x.sub(mu).square().mean() },
  params: zeros([1]),
  data,
  optimiser: adam({ learningRate: 0.05 }),
  seed: 2,
  steps: 3,
  batchSize: 16,
};
const fitWith = (options: object) => () => fit({ ...run, ...options } as Anything);

const nowhere = { name: "nowhere", read: () => undefined, write: () => {} };

const optimisers = "learningRate, schedule, clipNorm";
const wrong: readonly (readonly [what: string, call: () => unknown, message: string])[] = [
  [
    "adam without options",
    () => adam(undefined as Anything),
    "adam: expected options { learningRate, schedule?, clipNorm?, beta1?, beta2?, epsilon?, weightDecay? }, got undefined",
  ],
  ["adam of a number", () => adam(0.001 as Anything), "weightDecay? }, got 0.001"],
  [
    "a rate by another name",
    () => adam({ lr: 1e-3 } as Anything),
    `adam: expected no options but ${optimisers}, beta1, beta2, epsilon, weightDecay, got lr; take it out, or correct its name`,
  ],
  [
    "no rate",
    () => sgd({ momentum: 0.9 } as Anything),
    "sgd: expected the option learningRate, got none; it takes { learningRate, schedule?, clipNorm?, momentum? }",
  ],
  [
    "a rate in quotes",
    () => sgd({ learningRate: "0.1" } as Anything),
    'sgd: expected learningRate > 0, got "0.1"',
  ],
  [
    "a schedule that is a number",
    () => sgd({ learningRate: 1, schedule: 0.1 as Anything }),
    "sgd: expected schedule to be a function, got 0.1",
  ],
  [
    "cosine",
    () => cosine({ steps: 3, finall: 0.1 } as Anything),
    "cosine: expected no options but steps, final, got finall",
  ],
  [
    "the end of cosine",
    () => cosine({ steps: 3, final: Number.NaN }),
    "cosine: expected final to be a finite number, got NaN",
  ],
  [
    "exponential",
    () => exponential({ every: 3 } as Anything),
    "exponential: expected the option rate, got none; it takes { rate, every? }",
  ],
  [
    "the interval of exponential",
    () => exponential({ rate: 0.5, every: 0 }),
    "exponential: expected every > 0, got 0",
  ],
  [
    "what follows a warmup",
    () => warmup({ steps: 3, after: 1 as Anything }),
    "warmup: expected after to be a function, got 1",
  ],
  ["fit without options", () => fit(undefined as Anything), "fit: expected options { objective, "],
  [
    "fit: an American optimiser",
    fitWith({ optimizer: run.optimiser }),
    "fit: expected no options but objective, params, data, optimiser, seed, batchSize, steps, epochs, validation, ema, checkpoint, resume, engine, onStep, got optimizer; take it out, or correct its name",
  ],
  [
    "fit: no optimiser",
    fitWith({ optimiser: undefined }),
    "fit: expected the option optimiser, got none",
  ],
  [
    "fit: half an optimiser",
    fitWith({ optimiser: { init: () => [] } }),
    "fit: expected optimiser to be an object with the functions init and update, such as adam({ learningRate: 0.001 }), got one without update",
  ],
  [
    "fit: an objective that is a function",
    fitWith({ objective: run.objective.mean }),
    "fit: expected objective to be an object with the function mean, such as one of @cotangent/losses, got a function",
  ],
  [
    "fit: data that are an array",
    fitWith({ data: [[1], [2]] }),
    "fit: expected data to be a tensor [rows, …], got an array; make one with tensor([[…], …])",
  ],
  ["fit: data that are a scalar", fitWith({ data: zeros([]) }), "[rows, …], got f64[]; make"],
  [
    "fit: an engine's name",
    fitWith({ engine: "cpu" }),
    'fit: expected engine to be an object with the function compile, such as cpuEngine(), got "cpu"',
  ],
  [
    "fit: numbers in quotes",
    fitWith({ batchSize: "16" }),
    'fit: expected batchSize to be a positive integer, got "16"',
  ],
  ["fit: a seed in a list", fitWith({ seed: [1] }), "whole number ≥ 0, got an array"],
  ["fit: a decay in quotes", fitWith({ ema: "0.5" }), 'between 0 and 1, got "0.5"'],
  [
    "fit: a fraction in quotes",
    fitWith({ validation: { fraction: "0.5", every: 1 } }),
    'fit: expected validation.fraction between 0 and 1, got "0.5"',
  ],
  [
    "fit: a switch that is a word",
    fitWith({ resume: "no" }),
    'fit: expected resume to be true or false, got "no"',
  ],
  [
    "fit: epochs in quotes",
    fitWith({ steps: undefined, epochs: "3" }),
    'positive integer, got "3"',
  ],
  [
    "fit: no patience at all",
    fitWith({ validation: { fraction: 0.2, every: 1, patience: 0 } }),
    "fit: expected validation.patience to be a positive integer, got 0",
  ],
  [
    "fit: half a step between checkpoints",
    fitWith({ checkpoint: { store: nowhere, every: 0.5 } }),
    "fit: expected checkpoint.every to be a positive integer, got 0.5",
  ],
  ["fit of a list", () => fit([run] as Anything), "onStep? }, got an array"],
  ["fit: onStep", fitWith({ onStep: 3 }), "fit: expected onStep to be a function, got 3"],
  ["fit: an option of fitAsync", fitWith({ readsAt: () => true }), "onStep, got readsAt; take it"],
  [
    "fit: validation",
    fitWith({ validation: { fraction: 0.2, every: 1, patiance: 2 } }),
    "fit: validation: expected no options but data, fraction, every, patience, got patiance",
  ],
  [
    "fit: validation on an array",
    fitWith({ validation: { data: [[1]], every: 1 } }),
    "fit: expected validation.data to be a tensor [rows, …], got an array",
  ],
  [
    "fit: a checkpoint without a place",
    fitWith({ checkpoint: { every: 2 } }),
    "fit: checkpoint: expected the option store, got none; it takes { store, every }",
  ],
  [
    "fit: a path for a checkpoint",
    fitWith({ checkpoint: { store: "run.safetensors", every: 2 } }),
    'fit: expected checkpoint.store to be an object with the functions read and write, such as checkpointFile("run.safetensors"), got "run.safetensors"',
  ],
  [
    "a standardiser",
    () => Standardiser.fit(data, { metod: "pca" } as Anything),
    "Standardiser.fit: expected no options but method, columns, floor, got metod",
  ],
  [
    "a standardiser's method",
    () => Standardiser.fit(data, { method: "PCA" as Anything }),
    'Standardiser.fit: expected method to be "scale", "pca" or "quantile", got "PCA"',
  ],
  [
    "a standardiser's floor",
    () => Standardiser.fit(data, { floor: -1 }),
    "Standardiser.fit: expected floor to be a finite number ≥ 0, got -1",
  ],
  [
    "a standardiser's floor without an end",
    () => Standardiser.fit(data, { floor: Number.POSITIVE_INFINITY }),
    "Standardiser.fit: expected floor to be a finite number ≥ 0, got Infinity",
  ],
  [
    "a standardiser's columns",
    () => Standardiser.fit(data, { columns: "x" as Anything }),
    'Standardiser.fit: expected columns to be an array of names, got "x"',
  ],
  [
    "a standardiser of an array",
    () => Standardiser.fit([[1], [2]] as Anything),
    "Standardiser.fit: expected data to be a tensor [rows, …], got an array",
  ],
  [
    "a mixture",
    () => gaussianMixture({ means: [[1]] } as Anything),
    "gaussianMixture: expected the option std, got none; it takes { means, weights?, std }",
  ],
  [
    "a mixture's means",
    () => gaussianMixture({ means: 3 as Anything, std: 1 }),
    "gaussianMixture: expected means to be an array of arrays of numbers, got 3",
  ],
  [
    "means that are numbers",
    () => gaussianMixture({ means: [1, 2] as Anything, std: 1 }),
    "gaussianMixture: expected means to be an array of arrays of numbers, got an array",
  ],
  [
    "a mixture's weights",
    () => gaussianMixture({ means: [[1]], weights: 3 as Anything, std: 1 }),
    "gaussianMixture: expected weights to be an array of numbers, got 3",
  ],
  [
    "a mixture's deviations",
    () => gaussianMixture({ means: [[1]], std: "1" as Anything }),
    'gaussianMixture: expected std to be a number or an array of numbers, got "1"',
  ],
  [
    "a constant schedule",
    () => constant({ factor: 2 } as Anything),
    "constant: expected the factor to be a finite number, got an object",
  ],
  [
    "a table's delimiter",
    () => parseTable("1;2", "a.csv", { delimiter: ";;" as Anything }),
    'readTable: expected delimiter to be ",", ";" or "\\t", got ";;"',
  ],
  [
    "a table's header",
    () => parseTable("1,2", "a.csv", { header: "no" as Anything }),
    'readTable: expected header to be true or false, got "no"',
  ],
  [
    "the step that metrics are kept through",
    () => metricsFile("unused.jsonl", { keepThrough: "3" as Anything }),
    'metricsFile: expected keepThrough to be a number ≥ 0, got "3"',
  ],
  [
    "a table",
    () => parseTable("1,2", "a.csv", { delim: "," } as Anything),
    "readTable: expected no options but delimiter, header, got delim",
  ],
  [
    "metrics",
    () => metricsFile("unused.jsonl", { keep: 2 } as Anything),
    "metricsFile: expected no options but keepThrough, got keep",
  ],
];

test.each(wrong)("%s", (_what, call, message) => {
  expect(call).toThrow(message);
});

test("fitAsync refuses what fit refuses, but for its own option", async () => {
  await expect(fitAsync({ ...run, readsat: () => true } as Anything)).rejects.toThrow(
    "onStep, readsAt, got readsat; take it out",
  );
  await expect(fitAsync({ ...run, readsAt: true as Anything })).rejects.toThrow(
    "fit: expected readsAt to be a function, got true",
  );
  expect((await fitAsync({ ...run, readsAt: () => true })).step).toBe(3);
});

test.each(["objective", "params", "data", "optimiser", "seed", "batchSize"])(
  "fit without %s is refused",
  (name) => {
    expect(fitWith({ [name]: undefined })).toThrow(`fit: expected the option ${name}, got none`);
  },
);

test("so are validations and checkpoints without their interval", () => {
  expect(fitWith({ validation: { fraction: 0.5 } })).toThrow("expected the option every, got none");
  expect(fitWith({ checkpoint: { store: nowhere } })).toThrow(
    "expected the option every, got none",
  );
});

test("an option that is undefined counts as left out, also one that there is not", () => {
  const absent = {
    validation: undefined,
    onStep: undefined,
    engine: undefined,
    readsAt: undefined,
  };
  expect(fitWith(absent)()).toMatchObject({ step: 3, stopped: "finished" });
});

test("options may be inherited, and may be getters", () => {
  class Run {
    get validation() {
      return { fraction: 0.25, every: 3 };
    }
  }
  const inherited = fit(Object.assign(Object.create(run), new Run()) as typeof run);
  expect(inherited).toEqual({ ...fit(run), history: expect.anything() });
  expect(fit(Object.assign(new Run(), run))).toHaveProperty("bestLoss");
  expect(adam(Object.create({ learningRate: 1 }))).toHaveProperty("name", "adam");
});

test("a run of single steps is refused when it is asked for, not at its first step", () => {
  expect(() => fitSteps({ ...run, stepz: 3 } as Anything)).toThrow("got stepz");
  expect(() => fitStepsAsync({ ...run, stepz: 3 } as Anything)).toThrow("got stepz");
});

test("a floor of 0 scales no direction up", () => {
  const { notes } = Standardiser.fit(data, { method: "pca", floor: 0 });
  expect(notes).toEqual([]);
});
