// Errors name the operation, what was expected, what came, and what to do.
import { random, type Tensor, tensor } from "@cotangent/autodiff";
import { annealedLangevin, langevin, mala, sure, tweedie } from "@cotangent/sampling";
import { expect, test } from "vitest";

const s = (x: Tensor): Tensor => x.neg();
const logP = (x: Tensor): Tensor => x.square().sum(-1).neg();
const x0 = tensor([
  [1, 2],
  [3, 4],
]);
const key = random.key(0);
const plain = { steps: 1, stepSize: 0.1 };
const annealed = { sigmas: [1, 0.5], stepsPerLevel: 1, stepSize: 0.1 };

test.each<[string, () => unknown, RegExp]>([
  [
    "steps 0",
    () => langevin(s, { ...plain, steps: 0 }),
    /langevin: expected steps to be a whole number ≥ 1, got 0/,
  ],
  [
    "η = 0",
    () => langevin(s, { ...plain, stepSize: 0 }),
    /langevin: expected stepSize.*got 0; give η/,
  ],
  [
    "a step size by another name",
    () => langevin(s, { ...plain, eta: 0.1 } as never),
    /langevin: expected no options but steps, stepSize, trajectory, engine, got eta; take it out/,
  ],
  [
    "MALA's by another name",
    () => mala(logP, { ...plain, eta: 0.1 } as never),
    /mala: expected no options but steps, stepSize, trajectory, engine, got eta/,
  ],
  [
    "annealed levels by another name",
    () => annealedLangevin(s, { ...annealed, levels: 2 } as never),
    /annealedLangevin: expected no options but sigmas, stepsPerLevel, .*, got levels/,
  ],
  [
    "probes by another name",
    () => sure(s, x0, 1, { projections: 2 } as never),
    /sure: expected no options but probes, got projections/,
  ],
  ["η = NaN", () => langevin(s, { ...plain, stepSize: Number.NaN }), /got NaN/],
  [
    "one chain without its axis",
    () => langevin(s, plain)(tensor([1, 2]), key),
    /langevin: expected x \[B, d\].*got f64\[2\]; reshape/,
  ],
  [
    "integers",
    () => langevin(s, plain)(tensor([[1]], { dtype: "i32" }), key),
    /expected x in f64 or f32, got i32\[1, 1\]/,
  ],
  [
    "a score of another shape",
    () => langevin((x) => x.sum(-1), plain)(x0, key),
    /langevin: expected the score to be \[2, 2\], got \[2\]/,
  ],
  ["MALA's steps", () => mala(logP, { ...plain, steps: -1 }), /mala: expected steps/],
  ["MALA's η", () => mala(logP, { ...plain, stepSize: -1 }), /mala: expected stepSize.*got -1/],
  [
    "MALA's density",
    () => mala((x) => x, plain)(x0, key),
    /mala: expected the log density of x \[2, 2\] to be \[2\], one number a row, got \[2, 2\]/,
  ],
  [
    "no levels",
    () => annealedLangevin(s, { ...annealed, sigmas: [] }),
    /at least one noise level, got none/,
  ],
  [
    "σ = 0",
    () => annealedLangevin(s, { ...annealed, sigmas: [1, 0] }),
    /expected sigmas\[1\].*got 0/,
  ],
  [
    "rising levels",
    () => annealedLangevin(s, { ...annealed, sigmas: [0.5, 1] }),
    /falling noise levels, got sigmas\[1\] = 1 after 0\.5; reverse/,
  ],
  [
    "steps per level",
    () => annealedLangevin(s, { ...annealed, stepsPerLevel: 0 }),
    /annealedLangevin: expected stepsPerLevel/,
  ],
  [
    "η/σ²",
    () => annealedLangevin(s, { ...annealed, stepSize: 0 }),
    /annealedLangevin: expected stepSize/,
  ],
  [
    "no options",
    () => langevin(s, undefined as never),
    /langevin: expected options such as \{ steps/,
  ],
  ["none for MALA", () => mala(logP, null as never), /mala: expected options such as .*got null/],
  [
    "none for levels",
    () => annealedLangevin(s, 3 as never),
    /annealedLangevin: expected options.*number/,
  ],
  ["no options for SURE", () => sure(s, x0, 1, null as never), /sure: expected options such as/],
  [
    "a score that is none",
    () => langevin(3 as never, plain),
    /expected the score to be a function, got num/,
  ],
  [
    "an annealed one",
    () => annealedLangevin(3 as never, annealed),
    /expected the score to be a function/,
  ],
  [
    "Tweedie's score",
    () => tweedie(3 as never, x0, 1),
    /tweedie: expected the score to be a function/,
  ],
  [
    "SURE's score",
    () => sure(undefined as never, x0, 1),
    /sure: expected the score to be a function/,
  ],
  [
    "MALA's log density",
    () => mala(3 as never, plain),
    /mala: expected the log density to be a function/,
  ],
  ["steps in words", () => langevin(s, { ...plain, steps: "5" as never }), /number ≥ 1, got "5"/],
  ["η in words", () => langevin(s, { ...plain, stepSize: ".1" as never }), /number > 0, got "\.1"/],
  [
    "chains in a list",
    () => langevin(s, plain)([[1, 2]] as never, key),
    /langevin: expected x \[B, d\].*got a list; make one with tensor/,
  ],
  [
    "no chains",
    () => mala(logP, plain)(undefined as never, key),
    /mala: expected x .*got undefined/,
  ],
  [
    "no key",
    () => langevin(s, plain)(x0, undefined as never),
    /expected a key, u32\[2\], got undefined/,
  ],
  [
    "a number for a key",
    () => mala(logP, plain)(x0, 3 as never),
    /expected a key, u32\[2\], got 3/,
  ],
  [
    "a score without a result",
    () => langevin((() => {}) as never, plain)(x0, key),
    /got undefined; return/,
  ],
  [
    "one level without its list",
    () => annealedLangevin(s, { ...annealed, sigmas: 1 as never }),
    /expected sigmas to be a list of numbers/,
  ],
  [
    "levels in a tensor",
    () => annealedLangevin(s, { ...annealed, sigmas: tensor([1, 0.5]) as never }),
    /expected sigmas to be a list of numbers.*toArray\(\) behind a tensor/,
  ],
  [
    "probes in a list",
    () => sure(s, x0, 1, { probes: [1] as never }),
    /expected probes to be .*got a list/,
  ],
  ["Tweedie's σ", () => tweedie(s, x0, 0), /tweedie: expected sigma.*got 0/],
  [
    "Tweedie's levels",
    () => tweedie(s, x0, tensor([1, 2, 3])),
    /tweedie: expected sigma to be \[2\], got \[3\]/,
  ],
  ["SURE's σ", () => sure(s, x0, -1), /sure: expected sigma.*got -1/],
  [
    "SURE's probes",
    () => sure(s, x0, 1, { probes: x0 }),
    /sure: expected probes to be \[2, 2, 2\], got \[2, 2\]/,
  ],
])("%s", (_, run, message) => {
  expect(run).toThrow(message);
});
