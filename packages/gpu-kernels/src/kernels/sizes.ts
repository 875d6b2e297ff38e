// The sizes that kernels are made for, shared by many.
import type { Shape } from "../template.ts";
import type { ActivationName } from "./activation-text.ts";

/** A dense layer and its batch. */
export interface DenseSizes {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** A batch of rows. */
export interface RowSizes {
  readonly batch: number;
  readonly width: number;
}

/** A batch of hidden units and what acts on them. */
export interface HiddenSizes extends RowSizes {
  readonly activation: ActivationName;
}

/** `repeat` tangents of each sample (default 1), one row each. */
export interface Repeated {
  readonly repeat?: number;
}

/** An array of any shape, for elementwise kernels. */
export interface Elementwise {
  readonly shape: Shape;
}

/** A running mean: mean ← decay·mean + (1 − decay)·new. */
export interface RunningMean extends Elementwise {
  readonly decay: number;
}

/** An update that reads its rates from row `at` of [steps, 2]. */
export interface Update extends Elementwise {
  readonly steps: number;
}
