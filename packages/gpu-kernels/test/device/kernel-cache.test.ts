/** Kernels are made once, and freed with their last user. */
import { expect, test } from "vitest";
import type { Gpu, GpuKernel } from "../../src/device/gpu-js.ts";
import { KernelCache } from "../../src/device/kernel-cache.ts";
import { kernelText } from "../../src/template.ts";

/** A gpu.js that only counts. */
function counting() {
  const freed: unknown[] = [];
  const kernels: unknown[] = [];
  const createKernel = (source: string): GpuKernel => {
    const kernel = { constructor: source };
    kernels.push(kernel);
    return Object.assign(() => undefined, { kernel, destroy: () => void freed.push(source) });
  };
  const gpu = { kernels, createKernel } as unknown as Gpu;
  return { gpu, freed, kernels };
}

const text = (body: string) => kernelText({ name: "k", inputs: { x: [2] }, output: [2], body });

test("equal texts share a kernel, which goes with the last that uses it", () => {
  const { gpu, freed, kernels } = counting();
  const cache = new KernelCache(gpu);
  const [one, same, other] = [text("return 1.0;"), text("return 1.0;"), text("return 2.0;")];
  expect(cache.get(one)).toBe(cache.get(same));
  expect(cache.get(other)).not.toBe(cache.get(one));
  const first = cache.retain([one, same, other]);
  const second = cache.retain([one]);
  first();
  first();
  expect(freed).toEqual([other.source]);
  second();
  expect(freed).toEqual([other.source, one.source]);
  expect(kernels).toEqual([]);
  cache.get(one);
  expect(kernels.length).toBe(1);
});
