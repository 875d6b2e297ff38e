// Samplers and denoisers that use a score: the whole public surface of @cotangent/sampling.

export type { AnnealedLangevinOptions, ConditionalScore } from "./annealed-langevin.ts";
export { annealedLangevin, annealedLangevinStep } from "./annealed-langevin.ts";
export type { StepEngine } from "./compile-step.ts";
export type { LangevinOptions, Sampler } from "./langevin.ts";
export { langevin, langevinStep } from "./langevin.ts";
export type { LogDensity } from "./log-density.ts";
export type { MalaOptions, MalaResult, MalaState } from "./mala.ts";
export { mala, malaStart, malaStep } from "./mala.ts";
export type { SureOptions } from "./sure.ts";
export { sure } from "./sure.ts";
export type { NoisyScore } from "./tweedie.ts";
export { tweedie } from "./tweedie.ts";
