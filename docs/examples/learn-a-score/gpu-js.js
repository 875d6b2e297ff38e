// gpu.js as a module. It ships as a classic script, which puts its one export, GPU, on the window; the
// import map of index.html sends `import("gpu.js")` of @cotangent/gpu-kernels here.
import "../../../node_modules/gpu.js/dist/gpu-browser.min.js";

const script = /** @type {unknown} */ (globalThis.GPU);
export const { GPU, input } = /** @type {{ GPU: unknown, input: unknown }} */ (script);
