// One gpu.js kernel for each text and output: pipelines that launch the same kernel share it.
import { functionSource, type KernelText } from "../template.ts";
import type { Gpu, GpuKernel } from "./gpu-js.ts";
import { sizeFor } from "./values.ts";

/** Makes each kernel once. */
export function kernelCache(gpu: Gpu): (kernel: KernelText) => GpuKernel {
  const made = new Map<string, GpuKernel>();
  return (kernel) => {
    const key = `${kernel.output}|${kernel.source}|${kernel.functions.map(functionSource).join()}`;
    const known = made.get(key);
    if (known) return known;
    const fresh = gpu.createKernel(kernel.source, {
      output: sizeFor(kernel.output),
      precision: "single",
      functions: kernel.functions.map((f) => ({
        source: functionSource(f),
        settings: {
          name: f.name,
          argumentTypes: f.parameters.map(() => "Number"),
          returnType: "Number",
        },
      })),
    });
    made.set(key, fresh);
    return fresh;
  };
}
