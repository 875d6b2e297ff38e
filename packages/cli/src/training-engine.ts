/**
 * The engine that a command's training steps run on, opened and closed again, and where that is.
 *
 * @cotangent/gpu-kernels, and with it gpu.js, is loaded when --engine gpu is asked for, and not before.
 */

import type { AsyncEngine, Engine } from "@cotangent/training";
import { type BackendName, type EngineName, engineOf, type TrainingEngineName } from "./engines.ts";
import { failed, misused, sentenceOf } from "./failure.ts";
import type { Io } from "./io.ts";

/** What was asked for; without a backend, or with "auto", the best that answers. */
export interface AskedEngine {
  readonly engine: TrainingEngineName;
  readonly backend?: BackendName | "auto";
}

/** Where training steps run: what answered, and not what was asked for. */
export interface Place {
  readonly engine: TrainingEngineName;
  /** Of --engine gpu. */
  readonly backend?: BackendName;
  /** The hardware, in the backend's own words. */
  readonly adapter?: string;
}

/** An engine that is ready, and where its steps run. */
export interface TrainingEngine {
  readonly engine: Engine | AsyncEngine;
  /** For what is no training step: the same one where it answers at once, else engine cpu. */
  readonly host: Engine;
  readonly place: Place;
}

/** Throws when a backend is asked for that no engine has. */
export function requireBackend({ engine, backend }: AskedEngine): void {
  if (backend === undefined || engine === "gpu") return;
  throw misused(`--backend belongs to --engine gpu, and the engine is ${engine}`);
}

/**
 * Runs `work` with the engine, says where it runs, and frees the device whatever comes of it. `instead` is
 * what to do when there is no device, where the usual advice, another engine, is none.
 */
export async function withEngine<T>(
  asked: AskedEngine,
  io: Io,
  work: (opened: TrainingEngine) => Promise<T>,
  instead?: string,
): Promise<T> {
  requireBackend(asked);
  if (asked.engine !== "gpu") return work(hostEngine(asked.engine));
  const { gpuEngine, openDevice } = await import("@cotangent/gpu-kernels");
  const { backend: mode = "auto" } = asked;
  const device = await openDevice({ mode }).catch((error: unknown) => {
    throw deviceMissing(error, instead);
  });
  try {
    const { backend, adapter, declined } = device;
    const place = { engine: "gpu", backend, adapter } as const;
    io.note(`training steps run on ${placeText(place)}`);
    for (const better of declined) io.note(`  not on ${better.backend}: ${better.reason}`);
    if (declined.length > 0 && (backend === "webasm" || backend === "cpu"))
      io.note("without a GPU, --engine cpu is the faster choice");
    return await work({ engine: gpuEngine(device), host: engineOf("cpu"), place });
  } finally {
    await device.destroy();
  }
}

/** An engine of this process. */
function hostEngine(name: EngineName): TrainingEngine {
  const engine = engineOf(name);
  return { engine, host: engine, place: { engine: name } };
}

/** "webgpu (google swiftshader: SwiftShader Device)", or the engine's name. */
export function placeText({ engine, backend, adapter }: Place): string {
  return backend === undefined ? engine : `${backend} (${adapter})`;
}

/** The failure of work that lost its device, with what goes on from the last checkpoint; others as they are. */
export function deviceFailed(error: unknown, where: string, command: string): unknown {
  if (!isDeviceError(error)) return error;
  const reason = sentenceOf(error).replace(/; open a new one with openDevice.*$/, "");
  return failed(`${where}: ${reason}; continue with: ${command}`, error);
}

const isDeviceError = (error: unknown): boolean => (error as Error | null)?.name === "DeviceError";

/** gpu.js or a backend is missing: what to install, or what to choose. */
function deviceMissing(error: unknown, instead: string | undefined): unknown {
  if (!isDeviceError(error)) return error;
  const sentence = sentenceOf(error).replace(/\.$/, "");
  const choice = sentence.startsWith("gpu.js")
    ? "or take --engine cpu"
    : "or take --backend webasm or cpu, which are everywhere, or --engine cpu";
  return failed(`--engine gpu: ${sentence}; ${instead ?? choice}`, error);
}
