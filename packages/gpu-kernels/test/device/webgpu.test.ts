// What only webgpu has: one submission a call, uploads that do not grow with steps, loss of the device.
import { random } from "@cotangent/autodiff";
import { describe, expect, it } from "vitest";
import { createMlp, createTrainer, type DawnModule, openDevice } from "../../src/index.ts";
import { loadDawn } from "../support/backends.ts";
import { rows, testNetwork } from "../support/networks.ts";

/** Dawn, with its queue's calls counted and its device kept; undefined, said so, where it is missing. */
async function watchedDawn() {
  const dawn = await loadDawn().catch((error: Error) => {
    if (process.env.COTANGENT_REQUIRE_GPU === "webgpu") throw error;
    console.info(`webgpu is left out: ${error.message}`);
  });
  const counts = { submissions: 0, uploads: 0, uploadedBytes: 0 };
  const seen: { device?: GPUDevice } = {};
  if (!dawn) return undefined;
  const watched: DawnModule = {
    globals: dawn.globals,
    create(flags) {
      const gpu = dawn.create(flags) as GPU;
      const requestAdapter = gpu.requestAdapter.bind(gpu);
      return {
        async requestAdapter() {
          const adapter = await requestAdapter();
          if (!adapter) return adapter;
          const requestDevice = adapter.requestDevice.bind(adapter);
          adapter.requestDevice = async (descriptor) => {
            const device = await requestDevice(descriptor);
            seen.device = device;
            const { queue } = device;
            const [submit, write] = [queue.submit.bind(queue), queue.writeBuffer.bind(queue)];
            queue.submit = (buffers) => {
              counts.submissions++;
              return submit(buffers);
            };
            queue.writeBuffer = ((...args: Parameters<GPUQueue["writeBuffer"]>) => {
              counts.uploads++;
              counts.uploadedBytes += (args[2] as ArrayBuffer).byteLength;
              return write(...args);
            }) as GPUQueue["writeBuffer"];
            return device;
          };
          return adapter;
        },
      };
    },
  };
  return { dawn: watched, counts, seen };
}

interface GPUDevice {
  readonly queue: GPUQueue;
  destroy(): void;
}
interface GPUQueue {
  submit(buffers: unknown[]): void;
  writeBuffer(buffer: unknown, offset: number, data: ArrayBufferLike | ArrayBufferView): void;
}
interface GPUAdapter {
  requestDevice(descriptor: unknown): Promise<GPUDevice>;
}
interface GPU {
  requestAdapter(): Promise<GPUAdapter | null>;
}

const found = await watchedDawn();

describe("webgpu", () => {
  it("submits once a trainer call, and uploads as often, whatever the number of steps", async () => {
    if (!found) return;
    const { dawn, counts } = found;
    const device = await openDevice({ mode: "webgpu", dawn });
    const { params, sizes, activation } = testNetwork([2, 8, 2], "tanh");
    const measured: (typeof counts)[] = [];
    for (const steps of [1, 6]) {
      const trainer = createTrainer(device, {
        sizes,
        activation,
        batch: 4,
        steps,
        objective: { name: "denoising", sigma: 0.3 },
        optimiser: { name: "adam", learningRate: 0.01 },
      });
      const x = rows(1, 4 * steps, 2);
      const { state } = await trainer.run(trainer.init(params), x, random.key(1));
      Object.assign(counts, { submissions: 0, uploads: 0, uploadedBytes: 0 });
      await trainer.run(state, x, random.key(1));
      measured.push({ ...counts });
      await trainer.destroy();
    }
    const [one, six] = measured;
    expect([one!.submissions, six!.submissions]).toEqual([1, 1]);
    expect(six!.uploads).toBe(one!.uploads);
    // Per step only its rows (4 × 2), key (4) and rates (2), of 4 bytes each.
    expect(six!.uploadedBytes - one!.uploadedBytes).toBe(5 * (8 + 4 + 2) * 4);
    await device.destroy();
  });

  it("reports the loss of the device, rejects work, and can be opened again", async () => {
    if (!found) return;
    const { dawn, seen } = found;
    const lost = await openDevice({ mode: "webgpu", dawn });
    const { params, sizes, activation } = testNetwork([2, 8, 2], "tanh");
    const mlp = createMlp(lost, { sizes, activation, batch: 4 });
    await mlp.forward(params, rows(1, 4, 2));
    seen.device!.destroy();
    await expect(lost.lost).resolves.toMatch(/destroy/i);
    await expect(mlp.forward(params, rows(1, 4, 2))).rejects.toThrow(/was lost .*open a new one/);
    await lost.destroy();
    const next = await openDevice({ mode: "webgpu", dawn });
    await createMlp(next, { sizes, activation, batch: 4 }).forward(params, rows(1, 4, 2));
    await next.destroy();
    expect(typeof navigator === "undefined" || !("gpu" in navigator)).toBe(true);
  });
});
