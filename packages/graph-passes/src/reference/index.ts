// @cotangent/graph-passes/reference: what programs mean, for the tests of their compilers.
export { runInArena } from "./arena.ts";
export { type Memory, runKernel } from "./run-kernel.ts";
export { runProgram } from "./run-program.ts";
