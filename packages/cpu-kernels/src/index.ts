// @cotangent/cpu-kernels: a traced function as one WebAssembly SIMD module, entered once per call.
export {
  type Compiled,
  type CompileOptions,
  compile,
  maxSignatures,
  type Stateful,
} from "./compile.ts";
export { type CpuEngine, cpuEngine } from "./engine.ts";
export { type PeakLoop, peakLoop } from "./peak.ts";
export type { Lowering, Lowerings } from "./runtime/lowerings.ts";
export type { State } from "./runtime/state.ts";
export type { KernelStats, Stats, StatsOptions } from "./runtime/stats.ts";
