// A device over an instance of gpu.js whose backend has answered.
import { assertKernelRan } from "./assert-ran.ts";
import { createPipeline, type PipelineHost } from "./create-pipeline.ts";
import type { Declined, Device } from "./device.ts";
import type { GpuKernel } from "./gpu-js.ts";
import { KernelCache } from "./kernel-cache.ts";
import { kernelFailure } from "./kernel-failure.ts";
import { lifeOf } from "./life.ts";
import type { Answer } from "./probe.ts";
import { inputNames, recorder } from "./record.ts";
import { flatten, requireLength, sizeFor } from "./values.ts";

/** The device; `answer.close` is called by its `destroy`. */
export function createDevice(
  answer: Answer,
  declined: readonly Declined[],
  threads: boolean,
): Device {
  const { backend, gpu, module, limits, adapter } = answer;
  const kernels = new KernelCache(gpu);
  const checked = new WeakSet<GpuKernel>();
  const life = lifeOf(backend, answer.lost);
  const launch = recorder((kernel) => kernels.get(kernel), limits.inputs);
  const host: PipelineHost = { backend, gpu, module, kernels, launch, life, threads };
  return {
    backend,
    adapter,
    limits,
    declined,
    lost: life.lost,
    async run(kernel, inputs) {
      const { name, output } = kernel;
      const sent = inputNames(kernel).map((key) => {
        const flat = requireLength(name, key, inputs[key], kernel.inputs[key]);
        return module.input(flat, sizeFor(kernel.inputs[key]));
      });
      const compiled = kernels.get(kernel);
      if (!checked.has(compiled)) kernels.retain([kernel]);
      const result = await life
        .during(name, () => compiled(...sent))
        .catch((error: unknown) => {
          throw checked.has(compiled) ? error : kernelFailure(kernel, error);
        });
      if (!checked.has(compiled)) assertKernelRan(name, compiled, backend);
      checked.add(compiled);
      return flatten(name, result, output);
    },
    pipeline: (name, inputs, record) => createPipeline(host, name, inputs, record),
    async destroy() {
      if (life.end()) await answer.close();
    },
  };
}
