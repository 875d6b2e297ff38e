// A device: runs kernels and pipelines where it says, or rejects.
//
//   device.run(kernel, inputs)                  one kernel, its result read back
//   device.pipeline(name, inputs, record)       many kernels, recorded once, nothing read back between
//
// Every first run is checked (assert-ran.ts). Pending work is rejected when the device is lost.
import type { KernelText, Shape } from "../template.ts";
import type { Backend } from "./backend.ts";
import type { Value } from "./values.ts";

/** Records a kernel of a pipeline and returns what stands for its result. */
export type Launch = <Input extends string>(
  kernel: KernelText<Input>,
  inputs: Readonly<Record<NoInfer<Input>, Value>>,
) => Value;

/** Records values that are known when a pipeline is recorded. values: flat, row-major. */
export type Constant = (values: Float32Array, shape: Shape) => Value;

/** A recorded pipeline. */
export interface Pipeline<Input extends string, Output extends string> {
  /** Uploads the inputs, runs every kernel, reads the outputs back: all flat and row-major. */
  run(inputs: Readonly<Record<Input, Float32Array>>): Promise<Record<Output, Float32Array>>;
  /** Frees its buffers. */
  destroy(): Promise<void>;
}

/** What bounds the size of an array on a device. */
export interface DeviceLimits {
  /** The most elements (f32) of one array. */
  readonly elements: number;
  /** The most rows, and the most columns, of a matrix that a kernel computes. */
  readonly side: number;
  /** The most inputs of one kernel. */
  readonly inputs: number;
}

/** Why a backend that was tried before was not taken. */
export interface Declined {
  readonly backend: Backend;
  readonly reason: string;
}

export interface Device {
  /** Where kernels run: found by running one. */
  readonly backend: Backend;
  /** The adapter in words, e.g. "google swiftshader" or "WebAssembly SIMD in Node v20.20.0". */
  readonly adapter: string;
  readonly limits: DeviceLimits;
  /** With mode auto: the better backends, and why each did not answer. */
  readonly declined: readonly Declined[];
  /** Resolves, with the reason, when the device is lost; never after `destroy`. */
  readonly lost: Promise<string>;
  /**
   * Runs one kernel. inputs and result: flat, row-major.
   *
   * Throws a TypeError on a wrong length, a DeviceError if it ran elsewhere or the device is lost.
   */
  run<Input extends string>(
    kernel: KernelText<Input>,
    inputs: Readonly<Record<NoInfer<Input>, Float32Array>>,
  ): Promise<Float32Array>;
  /**
   * Records a pipeline: `record` is called once, at the first run, and launches kernels.
   *
   * What it returns is read back. Wrong shapes reject the first run with a TypeError that names
   * the kernel and the input.
   */
  pipeline<Input extends string, Output extends string>(
    name: string,
    inputs: Readonly<Record<Input, Shape>>,
    record: (
      launch: Launch,
      inputs: Readonly<Record<Input, Value>>,
      constant: Constant,
    ) => Readonly<Record<Output, Value>>,
  ): Pipeline<Input, Output>;
  /** Frees everything; later calls reject. Node can exit afterwards. */
  destroy(): Promise<void>;
}
