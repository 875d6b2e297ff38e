// @cotangent/graph-passes/reference: what programs mean, for the tests of their compilers.
export { runInArena } from "./arena.ts";
export { type Memory, runKernel, runProgram } from "./run-program.ts";
