// @cotangent/graph-passes: from a traced graph to a short program of fused kernels.
export { type Counts, countKernel, counts } from "./counts.ts";
export { optimise, type Pass, passes } from "./passes/index.ts";
export { bytesOf, type Plan, plan } from "./plan.ts";
export { printProgram } from "./print-program.ts";
export type * from "./program.ts";
export { schedule } from "./schedule.ts";
