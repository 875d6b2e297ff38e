/**
 * Starts Debian's Chromium, headless, through playwright-core, which brings no browser of its own.
 *
 * The flags give WebGPU and WebGL2 by SwiftShader on a machine without a GPU, and no network traffic
 * of the browser's own.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Linux distributions put it; Debian's first. */
const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const flags = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The path of Chromium; throws, saying how to install it, when there is none. */
export function findChromium(): string {
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    `test/browser: expected Chromium at ${candidates.join(" or ")}, found none; install it, on Debian with "apt-get install chromium"`,
  );
}

/** Starts the browser; `extra` flags come after the usual ones. */
export function launchChromium(extra: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [...flags, ...extra],
    // Playwright disables the GPU process's software paths otherwise.
    ignoreDefaultArgs: ["--disable-gpu"],
  });
}
