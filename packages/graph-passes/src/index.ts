// @cotangent/graph-passes: from a traced graph to a short program of fused kernels.
export { optimise, type Pass, passes } from "./passes/index.ts";
export { printProgram } from "./print-program.ts";
export type * from "./program.ts";
export { schedule } from "./schedule.ts";
