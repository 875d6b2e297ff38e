// What is under a backend: the adapter's name, the bounds of arrays, and word of its loss.
import { reasonOf } from "../errors.ts";
import type { Backend } from "./backend.ts";
import type { DeviceLimits } from "./device.ts";
import { inNode } from "./host.ts";

export interface Platform {
  readonly adapter: string;
  readonly limits: DeviceLimits;
  readonly lost: Promise<string>;
  destroyDevice(): void;
}

/** gpu.js's context on webgpu: an adapter and a device, shared by all its instances. */
interface WebGpuContext {
  readonly adapter: { readonly info?: Readonly<Record<string, unknown>> };
  readonly device: {
    readonly limits: {
      readonly maxStorageBufferBindingSize: number;
      readonly maxBufferSize: number;
      readonly maxStorageBuffersPerShaderStage: number;
      readonly maxComputeWorkgroupsPerDimension: number;
    };
    readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
    destroy(): void;
  };
}

const bytesPerElement = 4;
const never = new Promise<string>(() => {});
/** JavaScript's largest typed arrays, and WebAssembly's memory of 4 GiB with room for others. */
const hostLimits: DeviceLimits = { elements: 2 ** 28, side: 2 ** 28, inputs: 64 };

/** context: of a kernel that has run. */
export async function platformOf(backend: Backend, context: unknown): Promise<Platform> {
  if (backend === "webgpu") return webGpuPlatform(context as WebGpuContext);
  if (backend === "webgl2" || backend === "headlessgl")
    return webGlPlatform(backend, context as WebGLRenderingContext);
  const runtime = inNode ? `Node ${process.version}` : "this browser";
  const adapter =
    backend === "webasm" ? `WebAssembly SIMD in ${runtime}` : `JavaScript in ${runtime}`;
  return { adapter, limits: hostLimits, lost: never, destroyDevice: () => {} };
}

function webGpuPlatform({ adapter, device }: WebGpuContext): Platform {
  const { limits } = device;
  const bytes = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  return {
    adapter: nameOf(adapter.info),
    // One binding is the output's.
    limits: {
      elements: Math.floor(bytes / bytesPerElement),
      inputs: limits.maxStorageBuffersPerShaderStage - 1,
      // gpu.js gives matrices workgroups of 8 × 8.
      side: 8 * limits.maxComputeWorkgroupsPerDimension,
    },
    lost: device.lost.then(({ reason, message }) => message || reason, reasonOf),
    destroyDevice: () => device.destroy(),
  };
}

/** "google swiftshader: SwiftShader Device (Subzero)" */
function nameOf(info: Readonly<Record<string, unknown>> | undefined): string {
  const text = (key: string): string => String(info?.[key] ?? "");
  const short = [text("vendor"), text("architecture")].filter(Boolean).join(" ");
  return [short, text("description")].filter(Boolean).join(": ") || "an unnamed adapter";
}

function webGlPlatform(backend: Backend, gl: WebGLRenderingContext): Platform {
  // gpu.js takes WebGL 1 for "webgl2" nowhere, but a context may be given to it.
  const version = String(gl.getParameter(gl.VERSION));
  if (backend === "webgl2" && !version.includes("2.0"))
    throw new Error(`the context is ${version}`);
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const name = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  const side = Number(gl.getParameter(gl.MAX_TEXTURE_SIZE));
  const units = Number(gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS));
  const canvas: Partial<EventTarget> | undefined = gl.canvas;
  const lost = new Promise<string>((resolve) => {
    canvas?.addEventListener?.("webglcontextlost", () => resolve("the WebGL context was lost"));
  });
  return {
    adapter: String(name),
    // A matrix that a kernel computes is a texture of just its shape.
    limits: { elements: side * side, side, inputs: units },
    lost,
    destroyDevice: () => {},
  };
}
