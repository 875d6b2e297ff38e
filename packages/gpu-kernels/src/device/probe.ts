// Asks a backend whether it is there, by running a kernel on it and looking at where it ran.
//
// gpu.js's own flags say what a platform might do; an adapter may still be missing, a context be
// refused, a kernel be moved to the cpu. Throws an Error with the reason if there is no answer.
import { reasonOf } from "../errors.ts";
import { kernelText } from "../template.ts";
import { assertKernelRan } from "./assert-ran.ts";
import { absenceOf, type Backend, vulkan } from "./backend.ts";
import { type DawnModule, holdWebGpu } from "./dawn.ts";
import type { DeviceLimits } from "./device.ts";
import { whyNoGl } from "./gl.ts";
import type { Gpu, GpuModule } from "./gpu-js.ts";
import { inNode } from "./host.ts";
import { KernelCache } from "./kernel-cache.ts";
import { Absent } from "./optional-package.ts";
import { type Platform, platformOf } from "./platform.ts";

/** A backend that answered. */
export interface Answer {
  readonly backend: Backend;
  readonly gpu: Gpu;
  readonly module: GpuModule;
  readonly adapter: string;
  readonly limits: DeviceLimits;
  /** Resolves, with the reason, when its device is lost. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

const probe = kernelText({
  name: "probe",
  inputs: { x: [3] },
  output: [3],
  body: "return 2.0 * x[index] + 1.0;",
});

/** Runs the probe on `backend`; rejects with the reason when that does not work. */
export async function probeBackend(
  module: GpuModule,
  backend: Backend,
  dawn: DawnModule | undefined,
): Promise<Answer> {
  const held = backend === "webgpu" ? await holdWebGpu(dawn) : undefined;
  let gpu: Gpu | undefined;
  const close = async (platform?: Platform): Promise<void> => {
    await gpu?.destroy();
    if (held?.owned) platform?.destroyDevice();
    held?.release();
  };
  try {
    gpu = new module.GPU({ mode: backend });
    const kernel = new KernelCache(gpu).get(probe);
    const result = await kernel(module.input(Float32Array.of(1, -2, 0.5), [3]));
    assertKernelRan("openDevice", kernel, backend);
    if (!(result instanceof Float32Array) || result.join() !== "3,-3,2")
      throw new Error(`a kernel gave ${String(result)} for 2x + 1 at 1, -2, 0.5`);
    const platform = await platformOf(backend, kernel.kernel.context);
    const { adapter, limits, lost } = platform;
    return { backend, gpu, module, adapter, limits, lost, close: () => close(platform) };
  } catch (error) {
    await close();
    throw await plainError(backend, reasonOf(error));
  }
}

/** gpu.js's own words for "not here" name neither the package nor the browser. */
async function plainError(backend: Backend, reason: string): Promise<Error> {
  if (/requested mode .* not supported/.test(reason))
    return backend === "headlessgl" ? whyNoGl() : new Error(absenceOf(backend).reason);
  if (!/no adapter is available/.test(reason)) return new Error(reason);
  const noAdapter = "WebGPU is there, but no adapter is available";
  return inNode ? new Absent(noAdapter, `It takes ${vulkan}`) : new Error(noAdapter);
}
