// The backends of gpu.js, best first, and how to get each where it is missing.

/** Where kernels run. */
export type Backend = "webgpu" | "webgl2" | "headlessgl" | "webasm" | "cpu";

/** What `openDevice` takes: a backend, or the best that answers. */
export type DeviceMode = Backend | "auto";

/** In the order in which `auto` tries them. */
export const backends: readonly Backend[] = ["webgpu", "webgl2", "headlessgl", "webasm", "cpu"];

const remedies: Readonly<Record<Backend, string>> = {
  webgpu:
    "In Node: npm install webgpu (Dawn), and a Vulkan driver; without a GPU, SwiftShader: apt-get install libvulkan1 chromium, " +
    "then VK_DRIVER_FILES=/usr/lib/chromium/vk_swiftshader_icd.json. In Chrome: version 113 or later, --enable-unsafe-webgpu where it is off; without a GPU also --use-webgpu-adapter=swiftshader",
  webgl2:
    "WebGL 2 is a browser's; in Chrome without a GPU: --use-angle=swiftshader --enable-unsafe-swiftshader. In Node take webgpu, webasm or cpu",
  headlessgl:
    "The package gl (WebGL 1 for Node) must build or download: apt-get install build-essential python3 libxi-dev libxext-dev libgl1-mesa-dev, then npm install gl; it needs an X display or xvfb-run",
  webasm: "WebAssembly with SIMD is in Node ≥ 16.4 and every browser since 2023",
  cpu: "Plain JavaScript needs nothing but gpu.js",
};

/** What to do when `backend` is missing, in one sentence. */
export const remedyOf = (backend: Backend): string => remedies[backend];

/** What gpu.js calls the class of kernels that run on a backend. */
export function modeOfKernels(backend: Backend): string {
  return backend === "webgl2" || backend === "headlessgl" ? "gpu" : backend;
}
