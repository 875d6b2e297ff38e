// WebGPU in Node: Dawn, from the `webgpu` package, put where gpu.js looks for it.
//
//   navigator.gpu = create([])        after its classes have become globals
//
// gpu.js reads navigator.gpu and never loads Dawn itself. Node does not exit while navigator.gpu
// holds an instance, so the last device that uses it takes it away again. A browser, Deno or a
// program that has its own navigator.gpu is left alone. The environment variable COTANGENT_WEBGPU names
// the package's folder where it is not found by its name, as in a clone of this repository. Source: github.com/dawn-gpu/node-webgpu.
import { reasonOf } from "../errors.ts";
import { absenceOf, vulkan } from "./backend.ts";
import { inNode } from "./host.ts";
import { Absent, importFolder, loadPackage } from "./optional-package.ts";

/** The part of the `webgpu` package that is used. */
export interface DawnModule {
  create(flags: string[]): object;
  readonly globals: object;
}

/** Its value: the folder of the `webgpu` package. */
const folderVariable = "COTANGENT_WEBGPU";

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
  const folder = process.env[folderVariable];
  if (folder) return importFrom(folder);
  const found = await loadPackage("webgpu", isDawn);
  switch (found.state) {
    case "loaded":
      return found.module as DawnModule;
    case "missing":
      throw new Error('the package "webgpu" (Dawn for Node) is not installed');
    case "empty":
      throw new Absent(
        `the package ${found.what} (Dawn for Node) is an empty stand-in`,
        `Bring Dawn to another folder and name that: in a clone of Cotangent "npm ci --prefix test/gpu" and ${folderVariable}=test/gpu/node_modules/webgpu, elsewhere take the override of webgpu out of package.json; and ${vulkan}`,
      );
    case "broken":
      throw new Absent(
        `the package ${found.what} (Dawn for Node) does not load: ${found.reason}`,
        `Install 0.6.2 or newer, "npm install webgpu@latest" (gpu.js itself brings 0.2.9), or name the folder of one that loads in ${folderVariable}`,
      );
  }
}

async function importFrom(folder: string): Promise<DawnModule> {
  const problem = (reason: string): Absent =>
    new Absent(
      `${folderVariable}=${folder} gives no Dawn: ${reason}`,
      `Give it the folder of the package "webgpu", from where the program runs: in a clone of Cotangent test/gpu/node_modules/webgpu, after "npm ci --prefix test/gpu"`,
    );
  const module = await importFolder(folder).catch((error: unknown) => {
    throw problem(reasonOf(error).replace(/ Require stack:.*/, ""));
  });
  if (isDawn(module)) return module;
  throw problem("the package there is another one");
}

function isDawn(module: object): module is DawnModule {
  const { create, globals } = module as Partial<DawnModule>;
  return typeof create === "function" && !!globals;
}
