// WebGPU in Node: Dawn, from the `webgpu` package, put where gpu.js looks for it.
//
//   navigator.gpu = create([])        after its classes have become globals
//
// gpu.js reads navigator.gpu and never loads Dawn itself. Node does not exit while navigator.gpu
// holds an instance, so the last device that uses it takes it away again. A browser, Deno or a
// program that has its own navigator.gpu is left alone. Source: github.com/dawn-gpu/node-webgpu.
import { reasonOf } from "../errors.ts";
import { absenceOf } from "./backend.ts";
import { inNode } from "./host.ts";

/** The part of the `webgpu` package that is used. */
export interface DawnModule {
  create(flags: string[]): object;
  readonly globals: object;
}

let holders = 0;

/** Whether there is a navigator.gpu that this module did not make. */
const hasOwnWebGpu = (): boolean =>
  holders === 0 && typeof navigator !== "undefined" && "gpu" in navigator && !!navigator.gpu;

/**
 * Makes navigator.gpu available and returns what takes it away; throws, saying why, when there is
 * none. `dawn` is the `webgpu` module where the caller has loaded it from elsewhere.
 */
export async function holdWebGpu(dawn: DawnModule | undefined): Promise<{
  readonly release: () => void;
  /** Whether WebGPU is this module's own, so that its device may be destroyed. */
  readonly owned: boolean;
}> {
  if (hasOwnWebGpu()) return { release: () => {}, owned: false };
  const { create, globals } = dawn ?? (await importDawn());
  if (holders === 0) {
    Object.assign(globalThis, globals);
    if (typeof navigator === "undefined")
      Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
    Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
  }
  holders++;
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    holders--;
    if (holders === 0) Reflect.deleteProperty(navigator, "gpu");
  };
  return { release, owned: true };
}

async function importDawn(): Promise<DawnModule> {
  if (!inNode) throw new Error(absenceOf("webgpu").reason);
  // By a variable, so that bundlers do not look for an optional package.
  const name = "webgpu";
  let module: Partial<DawnModule>;
  try {
    module = (await import(name)) as Partial<DawnModule>;
  } catch (error) {
    const reason = reasonOf(error);
    const missing = /Cannot find (package|module)|Failed to resolve/.test(reason);
    throw new Error(
      `the package "webgpu" (Dawn for Node) ${missing ? "is not installed" : `does not load: ${reason}`}`,
    );
  }
  if (typeof module.create === "function" && module.globals) return module as DawnModule;
  throw new Error('the package "webgpu" (Dawn for Node) that is installed here is empty');
}
