// compile(device, f): any traced graph of the engine on a device.
export {
  type CompileOptions,
  compile,
  type GpuCompiled,
  type GpuStateful,
  type Inspectable,
  maxSignatures,
} from "./compile.ts";
export type { Lowering, Lowerings } from "./lowering.ts";
export type { State } from "./state.ts";
