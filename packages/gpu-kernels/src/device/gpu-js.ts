// The part of gpu.js that this package calls, as narrow types: its own have `any` for what matters.
//
// Loaded by `loadGpuJs` when a device is opened, never before. Source: gpu.js 2.24, src/index.d.ts.
import { DeviceError, reasonOf } from "../errors.ts";

/** A function of a kernel, as source text. */
export interface GpuFunction {
  readonly source: string;
  readonly settings: {
    readonly name: string;
    readonly argumentTypes: readonly string[];
    readonly returnType: string;
  };
}

export interface GpuKernelSettings {
  /** [length] or [columns, rows]. */
  readonly output: readonly number[];
  readonly precision: "single";
  readonly functions: readonly GpuFunction[];
}

/** A kernel: called with inputs outside a pipeline, with handles while one is recorded. */
export interface GpuKernel {
  (...inputs: readonly unknown[]): unknown;
  readonly kernel: {
    readonly constructor: unknown;
    readonly fallbackReason?: string | null;
    readonly context?: unknown;
  };
  destroy(): void;
}

export interface GpuPipeline {
  (...inputs: readonly unknown[]): Promise<unknown>;
  readonly backend: string | null;
  readonly executorKind: string;
  readonly fallbackReason: string | null;
  destroy(): Promise<void>;
}

export interface Gpu {
  /** All that it has made: kernels are freed with it, or when they leave this list. */
  readonly kernels: unknown[];
  createKernel(source: string, settings: GpuKernelSettings): GpuKernel;
  createPipeline(
    record: (...handles: readonly unknown[]) => unknown,
    settings: { readonly threads: boolean },
  ): GpuPipeline;
  destroy(): Promise<void>;
}

export interface GpuModule {
  readonly GPU: new (settings: { readonly mode: string }) => Gpu;
  /** Values in row-major order with size [length] or [columns, rows]. */
  input(values: Float32Array, size: readonly number[]): object;
}

/** gpu.js; throws a DeviceError that says how to install it. */
export async function loadGpuJs(): Promise<GpuModule> {
  try {
    const module: unknown = await import("gpu.js");
    const named = module as Partial<GpuModule> & { readonly default?: GpuModule };
    // A bundler may hand over a CommonJS module as a default export only.
    const found = named.GPU ? (named as GpuModule) : named.default;
    if (found?.GPU) return found;
    throw new Error("it exports no GPU");
  } catch (error) {
    throw new DeviceError(
      `openDevice: gpu.js cannot be loaded (${reasonOf(error)}); install it beside this package: npm install gpu.js@^2.24.1`,
    );
  }
}
