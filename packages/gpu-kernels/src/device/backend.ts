// The backends of gpu.js, best first, and how to get each where it is missing.
import { inNode } from "./host.ts";

/** Where kernels run. */
export type Backend = "webgpu" | "webgl2" | "headlessgl" | "webasm" | "cpu";

/** What `openDevice` takes: a backend, or the best that answers. */
export type DeviceMode = Backend | "auto";

/** In the order in which `auto` tries them. */
export const backends: readonly Backend[] = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"];

interface Absence {
  /** Why it is missing, where gpu.js only says that it is. */
  readonly reason: string;
  /** How to get it. */
  readonly remedy: string;
}

/** What WebGPU needs in Node besides Dawn. */
export const vulkan =
  'a Vulkan driver; on a machine without a GPU that is "apt-get install libvulkan1 chromium" and VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json';

const inNodeAbsent: Readonly<Record<Backend, Absence>> = {
  webgpu: {
    reason: "Node has no WebGPU of its own",
    remedy: `In Node it takes "npm install webgpu" (Dawn, 0.6.2 or newer) and ${vulkan}`,
  },
  webgl2: {
    reason: "WebGL 2 is for browsers",
    remedy: "In Node take webgpu, webasm or cpu",
  },
  headlessgl: {
    reason: 'the package "gl" (WebGL 1 for Node) gives no context',
    remedy:
      'It is built by "apt-get install build-essential python3 libxi-dev libxext-dev libgl1-mesa-dev" and "npm install gl", and runs on an X display or under xvfb-run',
  },
  webasm: {
    reason: "this Node has no WebAssembly with SIMD",
    remedy: "Node has it from version 16.4",
  },
  cpu: { reason: "JavaScript is all it needs", remedy: "Install gpu.js again" },
};

const inBrowserAbsent: Readonly<Record<Backend, Absence>> = {
  webgpu: {
    reason: "this browser gives the page no WebGPU (navigator.gpu)",
    remedy:
      "It takes Chrome or Edge 113, Firefox 141 or Safari 26, graphics acceleration switched on in the settings, a page from https or localhost, and in Chrome on Linux chrome://flags/#enable-unsafe-webgpu",
  },
  webgl2: {
    reason: "this browser gives the page no WebGL 2",
    remedy:
      "Switch on graphics acceleration in its settings, or start Chrome without a GPU with --use-angle=swiftshader --enable-unsafe-swiftshader",
  },
  headlessgl: { reason: "it is for Node", remedy: "In a browser take webgpu or webgl2" },
  webasm: {
    reason: "this browser has no WebAssembly with SIMD",
    remedy: "Every browser has it since 2023; take cpu until it is updated",
  },
  cpu: inNodeAbsent.cpu,
};

/** Why `backend` may be missing here, and what to do, in half a sentence and in one. */
export const absenceOf = (backend: Backend): Absence =>
  (inNode ? inNodeAbsent : inBrowserAbsent)[backend];

/** What gpu.js calls the class of kernels that run on a backend. */
export function modeOfKernels(backend: Backend): string {
  return backend === "webgl2" || backend === "headlessgl" ? "gpu" : backend;
}
