// gpu.js degrades silently: a kernel that a backend cannot take runs on the cpu, a pipeline that
// cannot fuse runs step by step. What was asked for and what ran are compared after each first run.
import { DeviceError } from "../errors.ts";
import { type Backend, modeOfKernels } from "./backend.ts";
import type { GpuKernel, GpuPipeline } from "./gpu-js.ts";

/** How a pipeline runs where it is fused; elsewhere step by step, on the device all the same. */
const fusedKinds: Readonly<Partial<Record<Backend, readonly string[]>>> = {
  webgpu: ["fused-encoder"],
  webasm: ["fused-sync", "fused-threaded"],
};

/** Throws unless the kernel ran on `backend`. */
export function assertKernelRan(name: string, kernel: GpuKernel, backend: Backend): void {
  const { constructor: kind, fallbackReason } = kernel.kernel;
  const got = (kind as { readonly mode?: string }).mode;
  if (got === modeOfKernels(backend) && !fallbackReason) return;
  throw new DeviceError(
    `${name}: expected the kernel to run on ${backend}, it ran on ${got}${because(fallbackReason)}; open a device for a backend that can take it`,
  );
}

/** Throws unless the pipeline ran on `backend`, in one submission where the backend has that. */
export function assertPipelineRan(name: string, pipeline: GpuPipeline, backend: Backend): void {
  const { executorKind, fallbackReason } = pipeline;
  const kinds = fusedKinds[backend];
  const onBackend = pipeline.backend === modeOfKernels(backend);
  if (onBackend && (kinds === undefined || kinds.includes(executorKind))) return;
  throw new DeviceError(
    `${name}: expected the pipeline to run on ${backend}${kinds ? ` as ${kinds.join(" or ")}` : ""}, it ran on ${pipeline.backend} as ${executorKind}${because(fallbackReason)}; make the batch smaller if a buffer is too large, or open another device`,
  );
}

const because = (reason: string | null | undefined): string => (reason ? ` (${reason})` : "");
