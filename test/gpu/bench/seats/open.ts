// Opens a seat for everyone who is wanted and can come; says who cannot, and why.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DawnModule } from "@cotangent/gpu-kernels";
import { type Column, columnName } from "../columns.ts";
import { type OwnOptions, openPeer } from "../own/peer.ts";
import { type Chromium, openChromium } from "./chromium.ts";
import { cudaDevice, openPyTorch } from "./python.ts";
import { type Seat, seatOf } from "./seat.ts";

/** The files of those in the browser. */
const files = {
  fused: "test/gpu/bench/own/peer.ts",
  calls: "test/gpu/bench/own/peer.ts",
  trainer: "test/gpu/bench/own/peer.ts",
  "jax-js": "test/peers/src/peers/jax-js.ts",
  tfjs: "test/peers/src/peers/tfjs.ts",
  "brain.js": "test/peers/src/peers/brain.ts",
} as const;

/** Everyone who came. */
export interface Seats {
  readonly seats: readonly { readonly column: Column; readonly seat: Seat }[];
  readonly runtimes: readonly string[];
  readonly missing: readonly string[];
  close(): Promise<void>;
}

export async function openSeats(root: string, columns: readonly Column[]): Promise<Seats> {
  const seats: { column: Column; seat: Seat }[] = [];
  const missing: string[] = [];
  const runtimes = [`Node ${process.versions.node}`];
  const dawn = await loadDawn();
  let chromium: Chromium | undefined;
  if (columns.some(({ host }) => host === "Chromium"))
    try {
      chromium = await openChromium(root);
      runtimes.push(`Chromium ${chromium.version}`);
    } catch (error) {
      missing.push(`Chromium: ${firstLine(error)}`);
    }
  for (const column of columns) {
    if (column.host === "Chromium" && !chromium) continue;
    try {
      const seat = await open(root, column, chromium, dawn);
      if (seat) seats.push({ column, seat });
      else missing.push(`${columnName(column)}: python3 with torch sees no CUDA device`);
    } catch (error) {
      missing.push(`${columnName(column)}: ${firstLine(error)}`);
    }
  }
  const close = async (): Promise<void> => {
    for (const { seat } of seats) await seat.close();
    await chromium?.close();
  };
  return { seats, runtimes, missing, close };
}

/** Undefined where there is no such machine. */
async function open(
  root: string,
  { way, backend, host }: Column,
  chromium: Chromium | undefined,
  dawn: DawnModule | undefined,
): Promise<Seat | undefined> {
  if (way === "PyTorch") {
    const adapter = cudaDevice();
    return adapter === undefined ? undefined : openPyTorch(root, adapter);
  }
  if (host === "Chromium") return chromium?.seat(join(root, files[way]), { way, backend });
  return seatOf(
    await openPeer({ way, backend } as OwnOptions, backend === "webgpu" ? dawn : undefined),
  );
}

/** Dawn, where it is installed; its driver without a GPU is SwiftShader, from Debian's chromium. */
async function loadDawn(): Promise<DawnModule | undefined> {
  const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
  if (process.env.VK_DRIVER_FILES === undefined && !hasGpu() && existsSync(swiftShader))
    process.env.VK_DRIVER_FILES = swiftShader;
  const name = "webgpu";
  return (await import(name).catch(() => undefined)) as DawnModule | undefined;
}

/** Whether Linux has a device file of a GPU. */
const hasGpu = (): boolean => existsSync("/dev/dri/renderD128") || existsSync("/dev/nvidia0");

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
