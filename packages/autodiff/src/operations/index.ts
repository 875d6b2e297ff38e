// Every operation that is also a method: its first argument is the tensor.
export { add, div, mul, neg, sub } from "../primitives/arithmetic.ts";
export { astype } from "../primitives/cast.ts";
export {
  atan2,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  mod,
  notEqual,
  pow,
} from "../primitives/comparison.ts";
export * from "../primitives/elementwise.ts";
export { gather } from "../primitives/gather.ts";
export { matmul } from "../primitives/matmul.ts";
export { argmax, cumsum, max, sum } from "../primitives/reduction.ts";
export { broadcastTo, permute, reshape } from "../primitives/shape.ts";
export { flip, pad, slice } from "../primitives/slice.ts";
export { stopGradient } from "../primitives/stop-gradient.ts";
export * from "./activations.ts";
export { expandDims, squeeze } from "./layout.ts";
export { argsort, sort } from "./sort.ts";
export { logSoftmax, logsumexp, mean, min, norm, prod, softmax, variance } from "./statistics.ts";
