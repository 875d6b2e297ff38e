// The backends that tests run on: cpu and webasm everywhere, webgpu where Dawn and a driver are.
//
// Dawn is not in the repository's install: `npm ci` in test/gpu brings it. Without a GPU its driver is
// SwiftShader from Debian's chromium, with libvulkan1. COTANGENT_REQUIRE_GPU=webgpu makes absence an error.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Backend, type DawnModule, type Device, openDevice } from "../../src/index.ts";

const dawnPath = join(import.meta.dirname, "../../../../test/gpu/node_modules/webgpu/index.js");
const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** An open backend and how exact it must be, relative to the terms' magnitude. */
export interface TestedBackend {
  readonly name: Backend;
  readonly device: Device;
  readonly tolerance: number;
}

/** The `webgpu` module of test/gpu; throws if it is not installed. */
export async function loadDawn(): Promise<DawnModule> {
  if (!existsSync(dawnPath)) throw new Error("test/gpu is not installed: npm ci --prefix test/gpu");
  if (process.env.VK_DRIVER_FILES === undefined && existsSync(swiftShader))
    process.env.VK_DRIVER_FILES = swiftShader;
  return (await import(pathToFileURL(dawnPath).href)) as DawnModule;
}

/** Opens every backend there is; says which it leaves out and why. */
export async function openBackends(): Promise<readonly TestedBackend[]> {
  const opened: TestedBackend[] = [
    { name: "cpu", device: await openDevice({ mode: "cpu" }), tolerance: 1e-6 },
    { name: "webasm", device: await openDevice({ mode: "webasm" }), tolerance: 1e-6 },
  ];
  try {
    const device = await openDevice({ mode: "webgpu", dawn: await loadDawn() });
    opened.push({ name: "webgpu", device, tolerance: 1e-5 });
  } catch (error) {
    if (process.env.COTANGENT_REQUIRE_GPU === "webgpu") throw error;
    console.info(`webgpu is left out: ${error instanceof Error ? error.message : error}`);
  }
  return opened;
}
