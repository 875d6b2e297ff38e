// The kernels, one a file: each may be imported by itself from @cotangent/gpu-kernels/kernels.

export { activation } from "./activation.ts";
export {
  type ActivationName,
  activationNames,
  type CurvedActivation,
  type Order,
} from "./activation-text.ts";
export { adamUpdate, meanGradient, meanSquare } from "./adam.ts";
export { backwardBias } from "./backward-bias.ts";
export { backwardCurved, backwardHidden, type HiddenDenseSizes } from "./backward-hidden.ts";
export { backwardInput } from "./backward-input.ts";
export { accumulateWeight, backwardWeight } from "./backward-weight.ts";
export { basisSeed, basisTangent, basisTrace, basisWeight } from "./basis.ts";
export {
  loopDiagonal,
  loopFirstBar,
  loopSecondBar,
  ring,
  ringFirstBar,
  ringLastBar,
  weightTrace,
  weightTraceBar,
} from "./contraction.ts";
export { denoisingSeed, denoisingValue } from "./denoising-loss.ts";
export { denseForward } from "./dense-forward.ts";
export { denseTangent } from "./dense-tangent.ts";
export { plus, times } from "./elementwise.ts";
export { normal, rademacher } from "./normal.ts";
export { rowProducts, weightedSum } from "./reduce.ts";
export { gaussianTarget, perturb, takeRows } from "./rows.ts";
export { scaleBySlope } from "./scale-by-slope.ts";
export { sgdUpdate, sgdVelocity } from "./sgd.ts";
export type {
  DenseSizes,
  Elementwise,
  HiddenSizes,
  Repeated,
  RowSizes,
  RunningMean,
  Update,
} from "./sizes.ts";
export { slicedSeed, slicedValue, tracedValue, weightRows } from "./sliced-loss.ts";
export { slopeCotangent } from "./slope-cotangent.ts";
