// Batched multilayer perceptrons on gpu.js: the whole public surface of @cotangent/gpu-kernels.

export {
  type CompileOptions,
  compile,
  type GpuCompiled,
  type GpuStateful,
  type Inspectable,
  type Lowering,
  type Lowerings,
  maxSignatures,
  type State,
} from "./compile/index.ts";
export type { Backend, DeviceMode } from "./device/backend.ts";
export type { DawnModule } from "./device/dawn.ts";
export type {
  Constant,
  Declined,
  Device,
  DeviceLimits,
  Launch,
  Pipeline,
} from "./device/device.ts";
export { type OpenDeviceOptions, openDevice } from "./device/open-device.ts";
export type { Value } from "./device/values.ts";
export { type GpuEngine, type GpuEngineOptions, gpuEngine } from "./engine.ts";
export { DeviceError } from "./errors.ts";
export type { ActivationName } from "./kernels/activation-text.ts";
export { createMlp, type GpuMlp, type MlpOptions } from "./mlp/create-mlp.ts";
export type { TrainerObjective } from "./mlp/drawn-objectives.ts";
export type { OptimiserOptions } from "./mlp/optimisers.ts";
export type { Layer, MlpParams } from "./mlp/params.ts";
export type { StepResult } from "./mlp/runner.ts";
export {
  createTrainer,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "./mlp/trainer.ts";
export { type DeviceMlp, type DeviceMlpOptions, deviceMlp } from "./primitive/device-mlp.ts";
export { networkOperations, networkPrimitives } from "./primitive/operations.ts";
export type { FunctionText, KernelDefinition, KernelText, Shape } from "./template.ts";
export { functionText, kernelText, sum } from "./template.ts";
