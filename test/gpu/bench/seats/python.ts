// PyTorch on a CUDA device, where there is one: the other benchmark's host, asked for that device.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeArrays } from "../../../peers/src/arrays.ts";
import { Remote } from "../../../peers/src/remote.ts";
import type { Seat } from "./seat.ts";

/** The name of the first CUDA device that python3's torch sees; undefined where there is none. */
export function cudaDevice(): string | undefined {
  const question = "import torch, numpy; print(torch.cuda.get_device_name(0))";
  const { status, stdout } = spawnSync("python3", ["-c", question], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** torch_peer.py on CUDA. It copies gradients to the host in each run, as everyone here does. */
export async function openPyTorch(root: string, adapter: string): Promise<Seat> {
  const folder = mkdtempSync(join(tmpdir(), "cotangent-gpu-"));
  const script = join(root, "test/peers/src/peers/torch_peer.py");
  const options = [script, JSON.stringify({ threads: 1, device: "cuda" })];
  const remote = await Remote.open({ program: "python3", options });
  return {
    name: remote.name,
    adapter,
    prepare: async (task, arrays) =>
      (await remote.prepare(task, writeArrays(join(folder, "inputs"), arrays))).first,
    time: async (repetitions) => (await remote.time(repetitions)) / repetitions,
    read: () => remote.read(join(folder, "results")),
    traffic: async () => null,
    release: () => remote.release(),
    async close() {
      remote.close();
      rmSync(folder, { recursive: true });
    },
  };
}
