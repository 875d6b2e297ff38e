// Seats in headless Chromium: a page for each implementation, bundled from its file.
import { join } from "node:path";
import { build, type PluginBuild } from "esbuild";
import type { Browser } from "playwright-core";
import { launchChromium } from "../../../browser/chromium.ts";
import type { NamedArray } from "../../../peers/src/arrays.ts";
import type { Packed, PageSeat } from "./page.ts";
import type { Seat } from "./seat.ts";

/** Milliseconds after which a page that does not answer is given up. */
const patience = 120_000;

/** A browser with seats. */
export interface Chromium {
  readonly version: string;
  /** Opens the implementation that `file` exports as `openPeer`. Rejects with what the page says. */
  seat(file: string, options: object): Promise<Seat>;
  close(): Promise<void>;
}

export async function openChromium(root: string): Promise<Chromium> {
  const browser = await launchChromium();
  const scripts = new Map<string, Promise<string>>();
  return {
    version: browser.version(),
    seat(file, options) {
      const script = scripts.get(file) ?? bundle(root, file);
      scripts.set(file, script);
      return openPage(browser, script, options);
    },
    close: () => browser.close(),
  };
}

/** The implementation and its service as one module. Not minified: brain.js has kernels as functions. */
async function bundle(root: string, file: string): Promise<string> {
  const page = join(root, "test/gpu/bench/seats/page.ts");
  const { outputFiles } = await build({
    stdin: {
      contents: `import { openPeer } from ${JSON.stringify(file)};
import { serve } from ${JSON.stringify(page)};
serve(openPeer);`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    plugins: [{ name: "without Node", setup: withoutNode }],
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

/** Empty modules for what only Node's side of a file uses, and never calls in a page. */
function withoutNode({ onResolve, onLoad }: PluginBuild): void {
  const filter = /^node:|^@tensorflow\/tfjs-backend-wasm$/;
  onResolve({ filter }, ({ path }) => ({ path, namespace: "empty" }));
  onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "module.exports = {};" }));
}

async function openPage(browser: Browser, script: Promise<string>, options: object): Promise<Seat> {
  const content = await script;
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  // localhost is a secure context, which WebGPU asks for; nothing listens there. The headers give
  // jax-js the shared memory that its threads want.
  await page.route("**/*", (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      },
      body: "<!doctype html><title>bench</title>",
    }),
  );
  await page.goto("http://localhost/");
  const failed = new Promise<never>((_, reject) => page.on("pageerror", reject));
  failed.catch(() => {});
  await page.addScriptTag({ type: "module", content });
  // A module that waits for others (jax-js loads its library so) has not run to its end yet.
  await Promise.race([page.waitForFunction(() => "seat" in globalThis), failed]);
  const call = <Name extends keyof PageSeat>(
    name: Name,
    ...given: Parameters<PageSeat[Name]>
  ): Promise<Awaited<ReturnType<PageSeat[Name]>>> =>
    page.evaluate(
      ([f, all]) =>
        (globalThis as unknown as { seat: Record<string, (...args: unknown[]) => never> }).seat[f]!(
          ...all,
        ),
      [name, given] as const,
    );
  const opened = await call("open", options);
  return {
    ...opened,
    prepare: (task, arrays) => call("prepare", task, arrays.map(packed)),
    time: (repetitions) => call("time", repetitions),
    read: async () => (await call("read")).map(numbers),
    traffic: () => call("traffic"),
    release: () => call("release"),
    close: () => page.close(),
  };
}

const packed = ({ name, shape, data }: NamedArray): Packed => ({
  name,
  shape,
  base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
});

/** A copy, since a buffer's own bytes may start at any address. */
const numbers = (base64: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
