// Everything but the methods on Tensor, so that a bundler keeps only what is used.
export { type DType, type NDArray, type Shape, type Spec, type TypedArray } from "./array.ts";
export { checkGraph } from "./check.ts";
export { arange, eye, full, linspace, ones, tensor, zeros } from "./creation.ts";
export { checkpoint, customJvp, customVjp } from "./custom.ts";
export { debug, type DebugOptions } from "./debug.ts";
export { grad, type GradOptions, valueAndGrad, vjp } from "./grad.ts";
export { type Atom, constantsOf, type Equation, evaluate, type Graph, Var } from "./graph.ts";
export { primitive } from "./interpreter.ts";
export { hessian, hvp, jacfwd, jacrev } from "./jacobian.ts";
export { type GraphJson, toJSON } from "./json.ts";
export { jvp } from "./jvp.ts";
export { linearize, type TangentMap } from "./linearize.ts";
export { einsum } from "./operations/einsum.ts";
export * from "./operations/index.ts";
export { stack } from "./operations/layout.ts";
export * as random from "./operations/random.ts";
export {
  notLinear,
  type Params,
  type Primitive,
  type PrimitiveRecord,
  type Tangent,
  zeroTangent,
} from "./primitive.ts";
export { shiftRight, where } from "./primitives/comparison.ts";
export { concat } from "./primitives/shape.ts";
export { threefry2x32 } from "./primitives/threefry.ts";
export { print, toDot } from "./print.ts";
export { fromJSON } from "./registry.ts";
export { eliminateCommonSubexpressions, eliminateDeadCode } from "./simplify.ts";
export { Tensor, type TensorLike } from "./tensor.ts";
export { trace } from "./trace.ts";
export { transpose } from "./transpose.ts";
export * as tree from "./trees.ts";
export { type Leaf, type Structure, type Tensors, type TensorsLike, type Tree } from "./tree.ts";
export { type MapAxes, vmap } from "./vmap.ts";
