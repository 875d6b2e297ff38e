// @cotangent/graph-passes: from a traced graph to a short program of fused kernels.
export { bandOf } from "./band-of.ts";
export { type BandOptions, band } from "./bands.ts";
export { type Counts, countKernel, counts } from "./counts.ts";
export { accessesOf, bytesOf, timesOf } from "./lifetimes.ts";
export { optimise, type Pass, passes } from "./passes/index.ts";
export { type Plan, type PlanOptions, plan, planBlocks } from "./plan.ts";
export { printProgram } from "./print-program.ts";
export type * from "./program.ts";
export { schedule } from "./schedule.ts";
export { sections } from "./sections.ts";
