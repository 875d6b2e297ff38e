// Opens the backend that was asked for, or the best that answers, and never another one.
import { DeviceError, reasonOf, requireNames, requireOptions } from "../errors.ts";
import { absenceOf, backends, type DeviceMode } from "./backend.ts";
import { createDevice } from "./create-device.ts";
import type { DawnModule } from "./dawn.ts";
import type { Declined, Device } from "./device.ts";
import { loadGpuJs } from "./gpu-js.ts";
import { Absent } from "./optional-package.ts";
import { probeBackend } from "./probe.ts";

/** Options of `openDevice`. */
export interface OpenDeviceOptions {
  /** A backend, or "auto" (default): the first that answers of webgpu, webgl2, headlessgl, webasm, cpu. */
  readonly mode?: DeviceMode;
  /** In Node: the `webgpu` module (Dawn), where it is not found by its name. */
  readonly dawn?: DawnModule;
  /** webasm: let gpu.js share large kernels out to worker threads (default false). */
  readonly threads?: boolean;
}

/**
 * Opens a device, having run a kernel on it.
 *
 * Throws a DeviceError that says why a backend does not answer and how to get it, and a TypeError on
 * an unknown mode or option. With "auto", `device.declined` lists what was better but missing.
 */
export async function openDevice(options: OpenDeviceOptions = {}): Promise<Device> {
  requireOptions("openDevice", options, '{ mode: "webasm" }');
  requireNames("openDevice", options, ["mode", "dawn", "threads"]);
  const { mode = "auto", dawn, threads = false } = options;
  const candidates = mode === "auto" ? backends : backends.filter((backend) => backend === mode);
  if (candidates.length === 0)
    throw new TypeError(
      `openDevice: expected a mode, one of auto, ${backends.join(", ")}, got ${JSON.stringify(mode)}`,
    );
  const module = await loadGpuJs();
  const declined: Declined[] = [];
  const lines: string[] = [];
  for (const backend of candidates) {
    try {
      return createDevice(await probeBackend(module, backend, dawn), declined, threads);
    } catch (error) {
      const reason = reasonOf(error);
      const { remedy } = error instanceof Absent ? error : absenceOf(backend);
      declined.push({ backend, reason });
      lines.push(`${backend} does not answer: ${reason}. ${remedy}.`);
    }
  }
  throw new DeviceError(`openDevice: ${lines.join("\n")}`);
}
