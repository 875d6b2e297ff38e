// One gpu.js kernel for each text and output: pipelines that launch the same kernel share it, and it is freed
// with the last of them. gpu.js itself frees kernels only with all of a device.
import { functionSource, type KernelText } from "../template.ts";
import type { Gpu, GpuKernel } from "./gpu-js.ts";
import { sizeFor } from "./values.ts";

interface Held {
  readonly kernel: GpuKernel;
  users: number;
}

export class KernelCache {
  readonly #gpu: Gpu;
  readonly #made = new Map<string, Held>();

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** The kernel of a text, made when it is first asked for. */
  get(text: KernelText): GpuKernel {
    const key = keyOf(text);
    const held = this.#made.get(key) ?? { kernel: create(this.#gpu, text), users: 0 };
    this.#made.set(key, held);
    return held.kernel;
  }

  /** Counts a user of these kernels; the function that is returned ends its use, and frees those without another. */
  retain(texts: Iterable<KernelText>): () => void {
    const keys = new Set([...texts].map(keyOf));
    for (const key of keys) this.#count(key, 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      for (const key of keys) this.#count(key, -1);
    };
  }

  #count(key: string, change: 1 | -1): void {
    const held = this.#made.get(key);
    if (!held) return;
    held.users += change;
    if (held.users > 0) return;
    this.#made.delete(key);
    held.kernel.destroy();
    const { kernels } = this.#gpu;
    const place = kernels.indexOf(held.kernel.kernel);
    if (place >= 0) kernels.splice(place, 1);
  }
}

const keyOf = ({ output, source, functions }: KernelText): string =>
  `${output}|${source}|${functions.map(functionSource).join()}`;

const create = (gpu: Gpu, { output, source, functions }: KernelText): GpuKernel =>
  gpu.createKernel(source, {
    output: sizeFor(output),
    precision: "single",
    functions: functions.map((f) => ({
      source: functionSource(f),
      settings: {
        name: f.name,
        argumentTypes: f.parameters.map(() => "Number"),
        returnType: "Number",
      },
    })),
  });
