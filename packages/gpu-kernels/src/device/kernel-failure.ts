// Which kernel gpu.js could not translate, by name. It translates at the first run, and names none in a pipeline:
// so each kernel of one that fails is run alone, on zeros, until one throws.
import { DeviceError, reasonOf, sizeOf } from "../errors.ts";
import type { KernelText } from "../template.ts";
import type { Gpu, GpuModule } from "./gpu-js.ts";
import { KernelCache } from "./kernel-cache.ts";
import { sizeFor } from "./values.ts";

/** An error of the first run of a kernel: as it is if it is this package's, or else with the kernel's name and line. */
export function kernelFailure({ name, source }: KernelText, error: unknown): unknown {
  if (!isForeign(error)) return error;
  const { loc } = error as { readonly loc?: { readonly line: number } };
  const line = loc && source.split("\n")[loc.line - 1]?.trim();
  return new TypeError(
    `${name}: expected a body that gpu.js can translate, it says: ${reasonOf(error)}${line ? `, at "${line}"` : ""}; correct the kernel's text`,
    { cause: error },
  );
}

/** An error of the first run of a pipeline, with the name of the kernel that it is about, or else the pipeline's. */
export async function pipelineFailure(
  name: string,
  { gpu, module }: { readonly gpu: Gpu; readonly module: GpuModule },
  kernels: Iterable<KernelText>,
  error: unknown,
): Promise<unknown> {
  if (!isForeign(error)) return error;
  const cache = new KernelCache(gpu);
  for (const kernel of kernels) {
    const zeros = Object.values(kernel.inputs).map((shape) =>
      module.input(new Float32Array(sizeOf(shape)), sizeFor(shape)),
    );
    try {
      await cache.get(kernel)(...zeros);
    } catch (reason) {
      return kernelFailure(kernel, reason);
    }
  }
  return new Error(`${name}: ${reasonOf(error)}`, { cause: error });
}

/** gpu.js throws plain errors, and the parser's SyntaxErrors. */
const isForeign = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  (error instanceof Error && error.constructor === Error && !(error instanceof DeviceError));
