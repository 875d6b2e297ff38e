// A noise kernel from any log density: the engine differentiates it.
//
//   g(δ) = ∇_δ log q(δ);   checked by sampling: E[g] = 0 and E[δ gᵀ] = −I
//
// The identities are what denoising score matching rests on. They fail when the density jumps: the
// integration by parts then leaves boundary terms, which no gradient sees.
import { random, type Shape, type Tensor } from "@cotangent/autodiff";
import { type LogDensity, logDensityGradient } from "../log-density.ts";
import { requireCount, requireFunction, requireOptions, requireShape } from "../preconditions.ts";
import type { NoiseKernel, SampleOptions } from "./kernel.ts";

/** Options of `noiseFromLogDensity`. */
export interface LogDensityNoiseOptions {
  readonly name?: string;
  /** Dimension at which the identities are checked (default 2): that of the density, if it has one. */
  readonly dimension?: number;
}

const checkedSamples = 4096;

/**
 * A noise kernel from a log density (up to a constant) and a sampler of the same distribution.
 *
 * logDensity: δ [B, d] → [B], or a function of one δ, [d] → []. sample(key, shape, { dtype }): δ of
 * that shape, in data units. Made once, it draws 4096 samples and throws unless E[g] = 0 and
 * E[δ gᵀ] = −I hold within 6 standard errors: a uniform kernel, or a sampler that does not match,
 * is refused. E‖g‖² is unknown, so the control variate uses the draw's own.
 * Source: Vincent 2011, section 4.3; the identities are Stein's.
 */
export function noiseFromLogDensity(
  logDensity: LogDensity,
  sample: (key: Tensor, shape: Shape, options?: SampleOptions) => Tensor,
  options: LogDensityNoiseOptions = {},
): NoiseKernel {
  const { name = "noiseFromLogDensity", dimension = 2 } = requireOptions(
    "noiseFromLogDensity",
    options,
    "{ dimension: 2 }",
    ["name", "dimension"],
  );
  requireFunction(name, "the log density", logDensity);
  requireFunction(name, "sample", sample);
  requireCount(name, "dimension", dimension, "give the dimension that the density is defined in");
  const kernel: NoiseKernel = {
    name,
    sample: (key, shape, options = {}) =>
      requireShape(name, "the sample", sample(key, shape, options), shape, "draw as many as asked"),
    logDensityGradient: (delta) => logDensityGradient(name, logDensity, delta),
    meanSquaredScore: () => null,
  };
  checkSteinIdentities(kernel, dimension);
  return kernel;
}

/** Throws unless E[g] = 0 and E[δ gᵀ] = −I hold on a sample of the kernel. */
function checkSteinIdentities(kernel: NoiseKernel, d: number): void {
  const delta = kernel.sample(random.key(0), [checkedSamples, d], { dtype: "f64" });
  const g = kernel.logDensityGradient(delta).data;
  const at = delta.data;
  for (let i = 0; i < d; i++) {
    check(kernel.name, `E[g${i}]`, 0, (b) => g[b * d + i] ?? Number.NaN);
    for (let j = 0; j < d; j++)
      check(
        kernel.name,
        `E[δ${i} g${j}]`,
        i === j ? -1 : 0,
        (b) => (at[b * d + i] ?? Number.NaN) * (g[b * d + j] ?? Number.NaN),
      );
  }
}

function check(name: string, what: string, expected: number, value: (b: number) => number): void {
  let sum = 0;
  let sumOfSquares = 0;
  for (let b = 0; b < checkedSamples; b++) {
    sum += value(b);
    sumOfSquares += value(b) ** 2;
  }
  const mean = sum / checkedSamples;
  const error = Math.sqrt(Math.max(0, sumOfSquares / checkedSamples - mean ** 2) / checkedSamples);
  if (!(Math.abs(mean - expected) <= 6 * error + 1e-6))
    throw new RangeError(
      `${name}: expected ${what} = ${expected} over samples of the kernel, got ${mean.toPrecision(3)} ± ${error.toPrecision(1)}; ` +
        "denoising score matching integrates by parts, and a density with a hard edge (a uniform one) leaves boundary terms that its gradient, zero inside, does not see: " +
        "use a kernel that falls to zero smoothly (gaussian, logistic), or, if it does, make `sample` draw from `logDensity`",
    );
}
