/**
 * What decides a model: its dimension, network, objective and noise. Kept in a run's config.json.
 *
 * All lengths (σ, radius) are in standardised units: 1 is one standard deviation of the data.
 */

import type { ActivationName } from "../activations.ts";
import type { ObjectiveName } from "../objectives.ts";

/** Denoising's noise: one level, or a geometric ladder for a noise-conditional network. */
export type NoiseSettings =
  | { readonly kind: "fixed"; readonly sigma: number }
  | {
      readonly kind: "ladder";
      readonly highest: number;
      readonly lowest: number;
      readonly levels: number;
    };

/** The settings; `noise` is null for objectives without noise. */
export interface ModelSettings {
  readonly dimension: number;
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly objective: ObjectiveName;
  readonly noise: NoiseSettings | null;
  readonly radius: number;
  readonly projections: number;
}
