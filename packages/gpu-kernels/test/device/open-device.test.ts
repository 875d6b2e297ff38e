// A device is what it says it is, or an error says how to get it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { assertKernelRan, assertPipelineRan } from "../../src/device/assert-ran.ts";
import type { GpuKernel, GpuPipeline } from "../../src/device/gpu-js.ts";
import { lifeOf } from "../../src/device/life.ts";
import { loadPackage } from "../../src/device/optional-package.ts";
import { type Device, DeviceError, kernelText, openDevice } from "../../src/index.ts";

const definition = {
  name: "twice",
  inputs: { x: [2, 2] },
  output: [2, 2],
  body: "return 2.0 * x[row][column];",
} as const;
const twice = kernelText(definition);
const x = Float32Array.of(1, -2, 3, 0.5);

async function withDevice(mode: "cpu" | "webasm", use: (device: Device) => Promise<void>) {
  const device = await openDevice({ mode });
  try {
    await use(device);
  } finally {
    await device.destroy();
  }
}

describe.each(["cpu", "webasm"] as const)("a %s device", (mode) => {
  it("says where it runs, and runs kernels and pipelines there", () =>
    withDevice(mode, async (device) => {
      expect(device.backend).toBe(mode);
      expect(device.adapter).toMatch(/Node/);
      expect([...(await device.run(twice, { x }))]).toEqual([2, -4, 6, 1]);
      const pipeline = device.pipeline("four times", { x: [2, 2] }, (launch, inputs) => ({
        y: launch(twice, { x: launch(twice, inputs) }),
      }));
      expect([...(await pipeline.run({ x })).y]).toEqual([4, -8, 12, 2]);
      await pipeline.destroy();
    }));

  it("refuses a wrong length and a wrong shape by name", () =>
    withDevice(mode, async (device) => {
      await expect(device.run(twice, { x: Float32Array.of(1) })).rejects.toThrow(
        "twice: expected x [2, 2] as a Float32Array of 4 values in row-major order, got 1 values",
      );
      const wrong = device.pipeline("wrong", { x: [4, 1] }, (launch, inputs) => ({
        y: launch(twice, inputs),
      }));
      await expect(wrong.run({ x })).rejects.toThrow("twice: expected x [2, 2], got [4, 1]");
    }));

  it("names the kernel that gpu.js cannot translate, alone and in a pipeline", () =>
    withDevice(mode, async (device) => {
      const bad = kernelText({
        ...definition,
        name: "bad",
        body: "return 2.0 * * x[row][column];",
      });
      const says =
        /^bad: expected a body that gpu\.js can translate, it says: Unexpected token \(2:15\), at "return 2\.0 \* \* x/;
      await expect(device.run(bad, { x })).rejects.toThrow(says);
      const pipeline = device.pipeline("two", { x: [2, 2] }, (launch, inputs) => ({
        y: launch(bad, { x: launch(twice, inputs) }),
      }));
      await expect(pipeline.run({ x })).rejects.toThrow(says);
      const strange = kernelText({
        ...definition,
        name: "strange",
        body: "return y[row][column];",
      });
      await expect(device.run(strange, { x })).rejects.toThrow(/^strange: .*Identifier is not def/);
    }));

  it("rejects work after it is destroyed, twice is once, and another can be opened", () =>
    withDevice(mode, async (device) => {
      await device.destroy();
      await device.destroy();
      await expect(device.run(twice, { x })).rejects.toThrow(DeviceError);
      await expect(device.run(twice, { x })).rejects.toThrow(/this one is destroyed; open a new/);
      await withDevice(mode, async (next) => {
        expect((await next.run(twice, { x }))[0]).toBe(2);
      });
    }));
});

describe("openDevice", () => {
  it("names what a missing backend needs", async () => {
    await expect(openDevice({ mode: "webgl2" })).rejects.toThrow(
      "openDevice: webgl2 does not answer: WebGL 2 is for browsers. In Node take webgpu, webasm or cpu.",
    );
    await expect(openDevice({ mode: "headlessgl" })).rejects.toThrow(
      /headlessgl does not answer: the package "gl" in .*node_modules\/gl \(WebGL 1 for Node\) is an empty stand-in\. In a clone .*--prefix test\/gpu/,
    );
  });

  it("takes an empty stand-in for Dawn as absent, and says how to get the real one", async () => {
    await expect(openDevice({ mode: "webgpu" })).rejects.toThrow(
      /webgpu does not answer: the package "webgpu" in .*node_modules\/webgpu \(Dawn for Node\) is an empty stand-in\. .*"npm ci --prefix test\/gpu" and COTANGENT_WEBGPU=test\/gpu\/node_modules\/webgpu/,
    );
  });

  it("takes Dawn from the folder that COTANGENT_WEBGPU names, and says what is wrong with it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "webgpu-"));
    const dawn = (text: string) => {
      const own = mkdtempSync(join(folder, "dawn-"));
      writeFileSync(join(own, "package.json"), '{ "type": "module", "main": "main.js" }');
      writeFileSync(join(own, "main.js"), text);
      vi.stubEnv("COTANGENT_WEBGPU", own);
      return openDevice({ mode: "webgpu" });
    };
    try {
      const create = "() => ({ requestAdapter: async () => null })";
      await expect(dawn(`export const globals = {}, create = ${create};`)).rejects.toThrow(
        "WebGPU is there, but no adapter is available. It takes a Vulkan driver",
      );
      await expect(dawn("export const create = 1;")).rejects.toThrow(
        /COTANGENT_WEBGPU=.* gives no Dawn: the package there is another one\. Give it the folder/,
      );
      await expect(dawn('throw new Error("GLIBCXX not found");')).rejects.toThrow(
        /gives no Dawn: GLIBCXX not found\. /,
      );
      vi.stubEnv("COTANGENT_WEBGPU", join(folder, "none"));
      await expect(openDevice({ mode: "webgpu" })).rejects.toThrow(/gives no Dawn: Cannot find/);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });

  it("tells packages that are not there, are others, and load apart", async () => {
    expect(await loadPackage("no-such-package", () => true)).toEqual({ state: "missing" });
    expect(await loadPackage("fast-check", () => false)).toMatchObject({ state: "empty" });
    expect(await loadPackage("fast-check", () => true)).toMatchObject({ state: "loaded" });
  });

  it("takes a Dawn without an adapter as absent, and takes navigator.gpu away again", async () => {
    const none = { requestAdapter: async () => null };
    const dawn = { create: () => none, globals: {} };
    await expect(openDevice({ mode: "webgpu", dawn })).rejects.toThrow(
      "webgpu does not answer: WebGPU is there, but no adapter is available. It takes a Vulkan driver",
    );
    expect(typeof navigator === "undefined" || !("gpu" in navigator)).toBe(true);
  });

  it("with auto takes the best that answers, and lists why the better ones did not", async () => {
    const device = await openDevice();
    expect(device.backend).toBe("webasm");
    expect(device.declined.map(({ backend }) => backend)).toEqual([
      "webgpu",
      "webgl2",
      "headlessgl",
    ]);
    await device.destroy();
  });

  it("refuses options that are none, and names that it does not know", async () => {
    await expect(openDevice("webasm" as never)).rejects.toThrow(
      'openDevice: expected options as an object, e.g. { mode: "webasm" }, got "webasm"',
    );
    await expect(openDevice({ backend: "cpu" } as never)).rejects.toThrow(
      "openDevice: expected no options but mode, dawn, threads, got backend",
    );
  });

  it("refuses an unknown mode", async () => {
    await expect(openDevice({ mode: "cuda" as "cpu" })).rejects.toThrow(
      'openDevice: expected a mode, one of auto, webgpu, webgl2, headlessgl, webasm, cpu, got "cuda"',
    );
  });
});

describe("a silent fallback", () => {
  const ranOn = (mode: string, fallbackReason: string | null) =>
    ({ kernel: { constructor: { mode }, fallbackReason } }) as unknown as GpuKernel;

  it("of a kernel is an error that says where it ran and why", () => {
    expect(() => assertKernelRan("dense", ranOn("webasm", null), "webasm")).not.toThrow();
    expect(() => assertKernelRan("dense", ranOn("cpu", "no textures"), "webasm")).toThrow(
      "dense: expected the kernel to run on webasm, it ran on cpu (no textures)",
    );
    expect(() => assertKernelRan("dense", ranOn("cpu", null), "webgl2")).toThrow(/it ran on cpu/);
  });

  it("of a pipeline is one too, also when it ran step by step", () => {
    const plan = (backend: string, executorKind: string) =>
      ({ backend, executorKind, fallbackReason: "too large" }) as GpuPipeline;
    const check = (p: GpuPipeline, on: "webgpu" | "cpu") => () => assertPipelineRan("step", p, on);
    expect(check(plan("webgpu", "fused-encoder"), "webgpu")).not.toThrow();
    expect(check(plan("cpu", "generic"), "cpu")).not.toThrow();
    expect(check(plan("webgpu", "generic"), "webgpu")).toThrow(
      "it ran on webgpu as generic (too large)",
    );
    expect(check(plan("cpu", "generic"), "webgpu")).toThrow(/it ran on cpu/);
  });
});

describe("a device that is lost", () => {
  it("rejects what is pending and what comes after, with the reason", async () => {
    let lose = (_reason: string): void => {};
    const life = lifeOf("webgpu", new Promise((resolve) => (lose = resolve)));
    const pending = life.during("step", () => new Promise<never>(() => {}));
    lose("the driver was reset");
    await expect(pending).rejects.toThrow(
      "step: expected an open webgpu device, this one was lost (the driver was reset); open a new one",
    );
    await expect(life.during("step", () => 1)).rejects.toThrow(/was lost/);
    await expect(life.lost).resolves.toBe("the driver was reset");
  });
});
