// The kernels' contract in headless Chromium: webgl2 and webgpu, on SwiftShader where there is no GPU.
//
//   npx vitest run --config test/gpu/vitest.config.ts
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import type * as pageModule from "./page.ts";

const root = new URL("../..", import.meta.url).pathname;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [`${root}test/gpu/page.ts`],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "gpuPage",
    conditions: ["@cotangent/source"],
  });
  const script = bundle.outputFiles[0]!.text;
  browser = await launchChromium();
  page = await browser.newPage();
  // localhost is a secure context, which WebGPU asks for; nothing listens there.
  await page.route("**/*", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>kernels</title>" }),
  );
  await page.goto("http://localhost/");
  await page.addScriptTag({ content: script });
}, 60_000);
afterAll(() => browser?.close());

/** Calls a function of page.ts in the page. */
function call<Name extends keyof typeof pageModule & string>(
  name: Name,
  ...inputs: Parameters<(typeof pageModule)[Name]>
): Promise<Awaited<ReturnType<(typeof pageModule)[Name]>>> {
  return page.evaluate(
    ([f, given]) =>
      (globalThis as unknown as { gpuPage: Record<string, (...args: unknown[]) => never> }).gpuPage[
        f
      ]!(...given),
    [name, inputs] as const,
  );
}

describe.each(["webgl2", "webgpu"] as const)("%s in Chromium", (mode) => {
  it.each([
    [{ batch: 7, inputs: 3, outputs: 17 }, true, "."],
    [{ batch: 256, inputs: 2, outputs: 3 }, false, "."],
    [{ batch: 7, inputs: 300, outputs: 2 }, false, "."],
    [{ batch: 2503, inputs: 2, outputs: 3 }, false, "^(backward|accumulate|weightedSum)"],
  ])("every kernel is its reference at %j", async (sizes, activations, only) => {
    const { backend, failures, checked } = await call("contract", mode, sizes, activations, only);
    expect(backend).toBe(mode);
    expect(failures).toEqual([]);
    expect(checked).toBeGreaterThan(3);
  });

  it("NaN and infinities come out where the reference has them", async () => {
    expect((await call("notFinite", mode)).failures).toEqual([]);
  });

  it("scalar operations are the engine's, within their units of the terms", async () => {
    const { backend, failures, checked } = await call("scalars", mode, 4);
    expect(backend).toBe(mode);
    expect(failures).toEqual([]);
    expect(checked).toBeGreaterThan(40);
  });

  it("compiled functions are the interpreter's", async () => {
    const { backend, failures, checked } = await call("compiled", mode);
    expect(backend).toBe(mode);
    expect(failures).toEqual([]);
    expect(checked).toBeGreaterThan(60);
  });

  it("more rows than a texture has are no matter", async () => {
    const [got, want] = [await call("tall", mode), await call("tall", "webasm")];
    const size = Math.max(...want.map(Math.abs));
    for (const [i, value] of want.entries())
      expect(Math.abs(got[i]! - value) / size).toBeLessThan(1e-5);
  });

  it("steps are those of webasm", async () => {
    const [got, want] = [await call("steps", mode), await call("steps", "webasm")];
    for (const [i, [name, values]] of want.entries()) {
      const size = Math.max(...values.map(Math.abs));
      for (const [j, value] of values.entries())
        expect(Math.abs(got[i]![1][j]! - value) / size, `${name}[${j}]`).toBeLessThan(1e-5);
    }
  });
});
