// Mathematical functions of vectors: see functions.ts.

export { constantBytes, placeConstants } from "./constant-pool.ts";
export {
  binaryFunctions,
  called,
  inlined,
  inlinedTanhWithSlope,
  isVectorFunction,
  unaryFunctions,
  type VectorFunctionName,
  type VectorFunctionOptions,
  vectorFunction,
} from "./functions.ts";
export type { FloatShape } from "./lanes.ts";
export { Scope } from "./scope.ts";
export { threefry2x32 } from "./threefry.ts";
