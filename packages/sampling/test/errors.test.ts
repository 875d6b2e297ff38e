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
