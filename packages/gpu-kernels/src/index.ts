// Batched multilayer perceptrons on gpu.js: the whole public surface of @cotangent/gpu-kernels.

export type { Backend, DeviceMode } from "./device/backend.ts";
export type { DawnModule } from "./device/dawn.ts";
export type { Declined, Device, DeviceLimits, Launch, Pipeline } from "./device/device.ts";
export { type OpenDeviceOptions, openDevice } from "./device/open-device.ts";
export type { Value } from "./device/values.ts";
export { DeviceError } from "./errors.ts";
export type { FunctionText, KernelDefinition, KernelText, Shape } from "./template.ts";
export { functionText, kernelText, sum } from "./template.ts";
