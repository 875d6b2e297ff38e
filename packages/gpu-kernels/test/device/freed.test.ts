/** A pipeline of gpu.js that is destroyed takes its kernels out of gpu.js's list. */
import { expect, test } from "vitest";
import { createPipeline } from "../../src/device/create-pipeline.ts";
import type { Gpu, GpuKernel, GpuModule } from "../../src/device/gpu-js.ts";
import { KernelCache } from "../../src/device/kernel-cache.ts";
import { lifeOf } from "../../src/device/life.ts";
import { recorder } from "../../src/device/record.ts";
import { kernelText } from "../../src/template.ts";

test("destroy frees the kernels that a pipeline has launched", async () => {
  const kernels: unknown[] = [];
  const gpu = {
    kernels,
    createKernel(): GpuKernel {
      const kernel = { constructor: { mode: "cpu" } };
      kernels.push(kernel);
      return Object.assign(() => new Float32Array(2), { kernel, destroy: () => undefined });
    },
    createPipeline: (record: (...handles: unknown[]) => unknown) =>
      Object.assign(async (...handles: unknown[]) => record(...handles), {
        backend: "cpu",
        executorKind: "generic",
        fallbackReason: null,
        destroy: async () => undefined,
      }),
  } as unknown as Gpu;
  const module = { input: (values: Float32Array) => values } as unknown as GpuModule;
  const cache = new KernelCache(gpu);
  const life = lifeOf("cpu", new Promise(() => undefined));
  const launch = recorder((kernel) => cache.get(kernel), 8);
  const host = {
    backend: "cpu",
    gpu,
    module,
    kernels: cache,
    launch,
    life,
    threads: false,
  } as const;
  const text = kernelText({ name: "k", inputs: { x: [2] }, output: [2], body: "return x[index];" });
  const pipeline = createPipeline(host, "p", { x: [2] }, (run, { x }) => ({ y: run(text, { x }) }));
  await pipeline.run({ x: new Float32Array(2) });
  expect(kernels.length).toBe(1);
  await pipeline.destroy();
  expect(kernels).toEqual([]);
});
