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
export {
  abs,
  acos,
  asin,
  atan,
  ceil,
  cos,
  cosh,
  erf,
  exp,
  expm1,
  floor,
  log,
  log1p,
  round,
  sech2,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  sqrt,
  tan,
  tanh,
} from "../primitives/elementwise.ts";
export { gather } from "../primitives/gather.ts";
export { matmul } from "../primitives/matmul.ts";
export { argmax, cumsum, max, sum } from "../primitives/reduction.ts";
export { broadcastTo, flip, pad, permute, reshape, slice } from "../primitives/shape.ts";
export { stopGradient } from "../primitives/stop-gradient.ts";
export { gelu, relu, silu, square } from "./activations.ts";
export { expandDims, squeeze } from "./layout.ts";
export { argsort, sort } from "./sort.ts";
export { logSoftmax, logsumexp, mean, min, norm, prod, softmax, variance } from "./statistics.ts";
