/**
 * @cotangent/training: optimisers, data, the training loop and its checkpoints, for Node and browsers.
 * What touches files is in "@cotangent/training/node".
 */
export { type AdamOptions, adam } from "./adam.ts";
export { checkpointStep, checkpointWeights } from "./checkpoint.ts";
export type { CheckpointStore } from "./checkpoint-store.ts";
export {
  type ColumnReport,
  type DuplicateReport,
  dequantise,
  duplicateReport,
  rowKeys,
} from "./duplicates.ts";
export {
  type AsyncEngine,
  type AsyncResidentStep,
  type AsyncTreeFunction,
  type Engine,
  interpreter,
  keepState,
  type ResidentStep,
  type TreeFunction,
} from "./engine.ts";
export { fit, fitAsync, fitSteps, fitStepsAsync } from "./fit.ts";
export type {
  AsyncFitOptions,
  FitOptions,
  FitResult,
  RunOptions,
  StepMetrics,
  Trainable,
  ValidationOptions,
  Weights,
} from "./fit-options.ts";
export { formatTable } from "./format-table.ts";
export {
  type GaussianMixture,
  type GaussianMixtureOptions,
  gaussianMixture,
} from "./gaussian-mixture.ts";
export {
  checkerboard,
  eightGaussians,
  type Generator2d,
  generators,
  moons,
  pinwheel,
  rings,
  spirals,
  swissroll,
} from "./generators.ts";
export { tailsOf } from "./normal-scores.ts";
export {
  clipByGlobalNorm,
  globalNorm,
  type Optimiser,
  type OptimiserOptions,
  type Updated,
} from "./optimiser.ts";
export { type Outlier, outliers, outlierWarnings } from "./outliers.ts";
export { type Split, splitRows, takeRows } from "./rows.ts";
export { decodeSafetensors, encodeSafetensors, type NamedTensors } from "./safetensors.ts";
export { constant, cosine, exponential, type Schedule, warmup } from "./schedule.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export { Standardiser } from "./standardiser.ts";
export type { StandardiserMethod, StandardiserOptions } from "./standardiser-options.ts";
export { nameLeaves, unnameLeaves } from "./tree-names.ts";
