// Noise kernels: the perturbation q(x̃|x) = q(δ), δ = x̃ − x, that denoising score matching regresses on.
//
//   g(δ) = ∇_δ log q(δ),   E[g] = 0,   E[δ gᵀ] = −I
//
// The two identities are integration by parts without boundary terms; a kernel with a hard edge
// breaks them, and with them the objective (Vincent 2011, section 4.3, and its appendix).

import type { Shape, Tensor, TensorLike } from "@cotangent/autodiff";
import type { FloatDType } from "../preconditions.ts";

/** How to draw a perturbation. */
export interface SampleOptions {
  /** Element type of the draw (default f64). */
  readonly dtype?: FloatDType;
  /** The level of each row, [B], in data units: kernels with a ladder only. */
  readonly sigma?: Tensor;
}

/** Noise levels that vary from row to row. */
export interface NoiseLadder {
  /** The levels, in data units, in the order given. */
  readonly sigmas: readonly number[];
  /** A level for each row, uniformly from `sigmas`: [B]. */
  sampleLevels(key: Tensor, batch: number, options?: { readonly dtype?: FloatDType }): Tensor;
}

/** A distribution of perturbations δ that has a density with a gradient. */
export interface NoiseKernel {
  readonly name: string;
  /** δ: `shape`, its last axis the coordinates, in data units. */
  sample(key: Tensor, shape: Shape, options?: SampleOptions): Tensor;
  /** g = ∇_δ log q(δ), shaped as δ: [..., d], in 1/(data units). */
  logDensityGradient(delta: Tensor, sigma?: Tensor): Tensor;
  /** E‖g‖² in d dimensions, or null where no closed form is known. */
  meanSquaredScore(d: number, sigma?: Tensor): TensorLike | null;
  /** Present when each row has its own level. */
  readonly ladder?: NoiseLadder;
}
