// @cotangent/graph-passes: from a traced graph to a short program of fused kernels.
export type * from "./program.ts";
